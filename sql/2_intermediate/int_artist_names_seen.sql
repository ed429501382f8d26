-- Every name that any source credited, and which artist it can only mean.
--
-- A name means an artist of Spotify, or one of MusicBrainz, where it was never credited together
-- with another URI, or another MBID.
--
-- grain: one row per name
-- kind:  incremental
-- key:   artist_key
-- recompute: whole
-- reads: stg_tracker__credits, stg_enrichment__track_credits
-- tests: not_null artist_name

with credits as (
    select
        lower(trim(artist_name)) as artist_key,
        artist_name,
        artist_uri,
        artist_mbid
    from stg_tracker__credits
    where trim(artist_name) <> ''
    union all
    select
        lower(artist_name) as artist_key,
        artist_name,
        artist_uri,
        artist_mbid
    from stg_enrichment__track_credits
    where artist_name is not null
),

names as (
    select
        -- ids
        artist_key,
        case when count(distinct artist_uri) = 1 then max(artist_uri) end as only_artist_uri,
        case when count(distinct artist_mbid) = 1 then max(artist_mbid) end as only_artist_mbid,

        -- attributes
        min(trim(artist_name)) as artist_name,

        -- numbers
        count(distinct artist_uri) as artist_uris
    from credits
    group by artist_key
)

select * from names
