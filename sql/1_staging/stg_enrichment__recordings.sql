-- What other services say about recordings of MusicBrainz: one answer after the other.
--
-- grain: one row per answer, recording and what led to it
-- kind:  view
-- reads: src_recordings
-- tests: not_null answer_id, service, recording_mbid, fetched_at
-- columns:
--   isrc  ISRC that led to the recording, in capitals without hyphens; empty where names or an MBID did.
--   artist_key  Artist that led to it, to compare by: in lower case, without spaces around it; empty where an ISRC or an MBID did.
--   title_key  Title that led to it, to compare by, in the same way.
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        recording_mbid,
        service,
        track_isrc,
        artist_name,
        track_name,
        listeners,
        fetched_at
    from src_recordings
),

renamed as (
    select
        -- ids
        answer_id,
        lower(recording_mbid) as recording_mbid,

        -- attributes
        service,
        nullif(upper(replace(trim(track_isrc), '-', '')), '') as isrc,
        nullif(lower(trim(artist_name)), '') as artist_key,
        nullif(lower(trim(track_name)), '') as title_key,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when listeners >= 0 then cast(listeners as bigint) end as listeners,

        -- times
        fetched_at
    from answers
)

select * from renamed
