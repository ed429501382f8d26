-- Whom Spotify credits for its tracks: one answer after the other.
--
-- Whoever comes after a thousand others is left out.
--
-- grain: one row per answer, track and position
-- kind:  view
-- reads: src_track_credits
-- tests: not_null answer_id, service, track_uri, position, fetched_at
--        between position 1 1000
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        track_uri,
        artist_uri,
        service,
        artist_name,
        position,
        fetched_at
    from src_track_credits
),

renamed as (
    select
        -- ids
        answer_id,
        track_uri,
        artist_uri,

        -- attributes
        service,
        nullif(trim(artist_name), '') as artist_name,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        try_cast(position as int) as position,

        -- times
        fetched_at
    from answers
    where position between 1 and 1000
)

select * from renamed
