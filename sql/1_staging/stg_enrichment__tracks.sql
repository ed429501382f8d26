-- What other services say about tracks of Spotify: one answer after the other.
--
-- grain: one row per answer and track
-- kind:  view
-- reads: src_tracks
-- tests: not_null answer_id, service, track_uri, fetched_at

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
        cast(duration_ms as bigint) as duration_ms,
        cast(popularity as int) as popularity,
        cast(disc_number as int) as disc_number,
        cast(track_number as int) as track_number,

        -- booleans
        is_explicit,

        -- times
        fetched_at
    from answers
)

select * from renamed
