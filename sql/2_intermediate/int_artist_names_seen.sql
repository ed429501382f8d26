-- Every name that any source credited, and which artist it can only mean.
--
-- A name means an artist of Spotify, or one of MusicBrainz, where it was never credited together
-- with another URI, or another MBID. MBIDs that were merged are one.
--
-- grain: one row per name
-- kind:  incremental
-- key:   artist_key
-- recompute: whole
-- reads: stg_tracker__credits, stg_enrichment__track_credits, stg_enrichment__album_credits,
--        int_mbid_redirects
-- tests: not_null artist_name
-- columns:
--   artist_key  Name to compare by: in lower case, without spaces around it.
--   only_artist_uri  Spotify URI credited under the name, where it is only one.
--   only_artist_mbid  MBID credited under the name, where it is only one; merged ones are one.
--   artist_name  Name as a credit spells it: of several spellings, the first by the alphabet.
--   artist_uris  How many Spotify URIs were credited under the name.

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
        cast(null as string) as artist_mbid
    from stg_enrichment__track_credits
    where artist_name is not null
    union all
    select
        lower(artist_name) as artist_key,
        artist_name,
        artist_uri,
        cast(null as string) as artist_mbid
    from stg_enrichment__album_credits
    where artist_name is not null
),

names as (
    select
        -- ids
        artist_key,
        case when count(distinct artist_uri) = 1 then max(artist_uri) end as only_artist_uri,
        case
            when count(distinct coalesce(int_mbid_redirects.artist_mbid, credits.artist_mbid)) = 1
                then max(coalesce(int_mbid_redirects.artist_mbid, credits.artist_mbid))
        end as only_artist_mbid,

        -- attributes
        min(trim(artist_name)) as artist_name,

        -- numbers
        count(distinct artist_uri) as artist_uris
    from credits
    left join int_mbid_redirects
        on credits.artist_mbid = int_mbid_redirects.asked_mbid
    group by artist_key
)

select * from names
