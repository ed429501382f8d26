-- What services know about each album of Spotify: column by column what was said last.
--
-- Spotify goes before MusicBrainz in every column; the date of release comes from one of them, with
-- its precision.
--
-- grain: one row per album of Spotify that any service told about
-- kind:  table
-- key:   album_uri
-- reads: stg_enrichment__albums, stg_enrichment__album_links

with links as (
    select
        album_uri,
        max_by(release_mbid, told_order) as release_mbid
    from stg_enrichment__album_links
    group by album_uri
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
        and albums.service <> 'spotify'
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
