-- How popular each album of the plays is, from 0 to 100.
--
-- Spotify's own number where it still comes; else the place of the album, whatever its editions, among all
-- albums of the plays by the people who listen to it on ListenBrainz: 0 has the fewest, 100 the most.
--
-- grain: one row per album of which that is known
-- kind:  incremental
-- key:   album_id
-- recompute: whole
-- reads: stg_enrichment__albums, int_album_facts_chosen, int_albums_identified
-- tests: accepted popularity_source spotify, listenbrainz
--        between popularity 0 100
-- columns:
--   popularity_source  Who tells the popularity: spotify, or listenbrainz (a percentile among the albums here).

with told_by_listenbrainz as (
    select
        album_ref as release_group_mbid,
        max_by(listeners, told_order) as listeners
    from stg_enrichment__albums
    where service = 'listenbrainz'
        and listeners is not null
    group by album_ref
),

albums as (
    select
        int_album_facts_chosen.album_uri as album_id,
        int_album_facts_chosen.release_group_mbid,
        int_album_facts_chosen.popularity
    from int_album_facts_chosen
    semi join int_albums_identified
        on int_album_facts_chosen.album_uri = int_albums_identified.album_id
),

-- An album with several editions counts once.
listeners as (
    select told_by_listenbrainz.release_group_mbid, told_by_listenbrainz.listeners
    from told_by_listenbrainz
    semi join albums
        on told_by_listenbrainz.release_group_mbid = albums.release_group_mbid
),

percentiles as (
    select
        release_group_mbid,
        cast(round(100 * percent_rank() over (order by listeners)) as int) as popularity
    from listeners
),

album_popularity as (
    select
        -- ids
        albums.album_id,

        -- attributes
        case when albums.popularity is not null then 'spotify' else 'listenbrainz' end as popularity_source,

        -- numbers
        coalesce(albums.popularity, percentiles.popularity) as popularity
    from albums
    left join percentiles
        on albums.release_group_mbid = percentiles.release_group_mbid
    where coalesce(albums.popularity, percentiles.popularity) is not null
)

select * from album_popularity
