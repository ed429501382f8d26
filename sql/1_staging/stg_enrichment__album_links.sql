-- Which release of MusicBrainz an album of Spotify is: what each answer said.
--
-- grain: one row per answer and album
-- kind:  view
-- reads: src_album_links
-- tests: not_null answer_id, album_uri, release_mbid, fetched_at
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        album_uri,
        release_mbid,
        method,
        fetched_at
    from src_album_links
),

renamed as (
    select
        -- ids
        answer_id,
        album_uri,
        release_mbid,

        -- attributes
        method,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- times
        fetched_at
    from answers
)

select * from renamed
