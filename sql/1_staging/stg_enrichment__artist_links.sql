-- Which artist of MusicBrainz an artist of Spotify, or a bare name, is: what each answer said.
--
-- A score that is not of a hundred is left out.
--
-- grain: one row per answer and subject
-- kind:  view
-- reads: src_artist_links
-- tests: not_null answer_id, subject, artist_mbid, fetched_at
--        accepted subject_type spotify_artist, artist_name
--        accepted method url, isrc, search, names
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        subject,
        artist_mbid,
        subject_type,
        artist_name,
        method,
        score,
        fetched_at
    from src_artist_links
),

renamed as (
    select
        -- ids
        answer_id,
        subject,
        artist_mbid,

        -- attributes
        subject_type,
        artist_name,
        method,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when score between 0 and 100 then try_cast(score as int) end as score,

        -- times
        fetched_at
    from answers
)

select * from renamed
