-- What services know about each album of Spotify: column by column what was said last.
--
-- An album is the release that MusicBrainz has its address for: one that it does not have any more was wrong.
-- Spotify goes before MusicBrainz in every column; the date of release comes from one of them, with
-- its precision.
--
-- grain: one row per album of Spotify that any service told about
-- kind:  table
-- key:   album_uri
-- reads: stg_enrichment__albums, stg_enrichment__album_links, stg_enrichment__lookups
-- columns:
--   release_mbid  MBID of the release at MusicBrainz; empty where unknown.
--   release_group_mbid  MBID of the release group, which all releases of one album share; empty where unknown.
--   album_name  Name of the album; empty where no service told it.
--   album_type  Kind of release in lower case: album, single, ep, broadcast or other, and what an album is besides in its place (compilation, soundtrack, live, remix …); empty where unknown.
--   label  Label that released it; empty where unknown.
--   upc  Barcode (UPC or EAN) without leading zeros; empty where unknown.
--   release_date  Date of release: YYYY, YYYY-MM or YYYY-MM-DD; empty where unknown.
--   total_tracks  Number of tracks; empty where unknown.

with links_withdrawn as (
    select subject as album_uri
    from stg_enrichment__lookups
    where subject_type = 'spotify_album'
        and method = 'album_url'
        and outcome in ('found', 'none', 'ambiguous')
    group by subject
    having max_by(outcome, told_order || outcome) <> 'found'
),

links as (
    select
        links_told.album_uri,
        max_by(links_told.release_mbid, links_told.told_order) as release_mbid
    from stg_enrichment__album_links as links_told
    anti join links_withdrawn
        on links_told.album_uri = links_withdrawn.album_uri
    group by links_told.album_uri
),

answers as (
    select
        album_ref as album_uri,
        cast(null as string) as release_mbid,
        release_group_id,
        album_name,
        album_type,
        label,
        upc,
        release_date,
        release_date_precision,
        total_tracks,
        popularity,
        '1' || told_order as preference
    from stg_enrichment__albums
    where service = 'spotify'
    union all
    select
        links.album_uri,
        links.release_mbid,
        albums.release_group_id,
        albums.album_name,
        albums.album_type,
        albums.label,
        albums.upc,
        albums.release_date,
        albums.release_date_precision,
        albums.total_tracks,
        cast(null as int) as popularity,
        '0' || coalesce(albums.told_order, '') as preference
    from links
    left join stg_enrichment__albums as albums
        on links.release_mbid = albums.album_ref
        and albums.service = 'musicbrainz'
),

facts as (
    select
        -- ids
        album_uri,
        max(release_mbid) as release_mbid,
        max_by(release_group_id, preference) filter (where release_group_id is not null)
            as release_group_mbid,

        -- attributes
        max_by(album_name, preference) filter (where album_name is not null) as album_name,
        max_by(album_type, preference) filter (where album_type is not null) as album_type,
        max_by(label, preference) filter (where label is not null) as label,
        max_by(upc, preference) filter (where upc is not null) as upc,
        max_by(release_date, preference) filter (where release_date is not null) as release_date,
        max_by(release_date_precision, preference) filter (where release_date is not null)
            as release_date_precision,

        -- numbers
        max_by(total_tracks, preference) filter (where total_tracks is not null) as total_tracks,
        max_by(popularity, preference) filter (where popularity is not null) as popularity
    from answers
    group by album_uri
)

select * from facts
