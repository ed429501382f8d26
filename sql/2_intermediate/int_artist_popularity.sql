-- How popular each artist of the plays is, from 0 to 100.
--
-- Spotify's own number where it still comes; else the place of the artist among all artists of the
-- plays by the people who listen to it on ListenBrainz: 0 has the fewest, 100 the most.
--
-- grain: one row per artist of which that is known
-- kind:  incremental
-- key:   artist_id
-- recompute: whole
-- reads: stg_enrichment__artists, int_artists_linked, int_artist_facts_chosen
-- tests: accepted popularity_source spotify, listenbrainz
--        between popularity 0 100
-- columns:
--   popularity_source  Who tells the popularity: spotify, or listenbrainz (a percentile among the artists here).
--   popularity  Popularity from 0 to 100.

with told_by_spotify as (
    select
        artist_ref as artist_id,
        max_by(popularity, told_order) as popularity
    from stg_enrichment__artists
    where service = 'spotify'
        and popularity is not null
    group by artist_ref
),

artists as (
    select artist_id, artist_mbid
    from int_artists_linked
    where artist_mbid is not null
),

-- An artist with several rows counts once.
listeners as (
    select facts.artist_mbid, facts.listeners
    from int_artist_facts_chosen as facts
    semi join artists
        on facts.artist_mbid = artists.artist_mbid
    where facts.listeners is not null
),

percentiles as (
    select
        artist_mbid,
        cast(round(100 * percent_rank() over (order by listeners)) as int) as popularity
    from listeners
),

popularity_by_source as (
    select
        artist_id,
        popularity,
        'spotify' as popularity_source
    from told_by_spotify
    union all
    select
        artists.artist_id,
        percentiles.popularity,
        'listenbrainz' as popularity_source
    from artists
    inner join percentiles
        on artists.artist_mbid = percentiles.artist_mbid
    anti join told_by_spotify
        on artists.artist_id = told_by_spotify.artist_id
),

artist_popularity as (
    select
        -- ids
        artist_id,

        -- attributes
        popularity_source,

        -- numbers
        popularity
    from popularity_by_source
)

select * from artist_popularity
