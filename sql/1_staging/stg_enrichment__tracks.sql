-- What other services say about tracks of Spotify: one answer after the other.
--
-- A number that cannot be one is left out.
--
-- grain: one row per answer and track
-- kind:  view
-- reads: src_tracks
-- tests: not_null answer_id, service, track_uri, fetched_at
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        track_uri,
        recording_mbid,
        album_uri,
        service,
        track_name,
        track_isrc,
        album_name,
        duration_ms,
        popularity,
        disc_number,
        track_number,
        is_explicit,
        fetched_at
    from src_tracks
),

renamed as (
    select
        -- ids
        answer_id,
        track_uri,
        recording_mbid,
        album_uri,

        -- attributes
        service,
        nullif(trim(track_name), '') as track_name,
        nullif(trim(track_isrc), '') as track_isrc,
        nullif(trim(album_name), '') as album_name,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when duration_ms > 0 then cast(duration_ms as bigint) end as duration_ms,
        case when popularity between 0 and 100 then try_cast(popularity as int) end as popularity,
        case when disc_number between 0 and 100000 then try_cast(disc_number as int) end as disc_number,
        case when track_number between 0 and 100000 then try_cast(track_number as int) end
            as track_number,

        -- booleans
        is_explicit,

        -- times
        fetched_at
    from answers
)

select * from renamed
