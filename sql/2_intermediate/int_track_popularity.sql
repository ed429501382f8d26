-- How popular each track of the plays is, from 0 to 100.
--
-- Spotify's own number where it still comes; else the place of its recording among all recordings of the
-- plays by the people who listen to it on ListenBrainz: 0 has the fewest, 100 the most.
--
-- grain: one row per track of which that is known
-- kind:  incremental
-- key:   track_id
-- recompute: whole
-- reads: stg_enrichment__tracks, int_tracks_identified, int_track_recordings_chosen, int_recording_listeners
-- tests: accepted popularity_source spotify, listenbrainz
--        between popularity 0 100
-- columns:
--   popularity_source  Who tells the popularity: spotify, or listenbrainz (a percentile among the recordings here).

with told_by_spotify as (
    select
        track_uri as track_id,
        max_by(popularity, told_order) as popularity
    from stg_enrichment__tracks
    where service = 'spotify'
        and popularity is not null
    group by track_uri
),

tracks as (
    select int_track_recordings_chosen.track_id, int_track_recordings_chosen.recording_mbid
    from int_track_recordings_chosen
    semi join int_tracks_identified
        on int_track_recordings_chosen.track_id = int_tracks_identified.track_id
),

-- A recording with several tracks counts once.
listeners as (
    select int_recording_listeners.recording_mbid, int_recording_listeners.listeners
    from int_recording_listeners
    semi join tracks
        on int_recording_listeners.recording_mbid = tracks.recording_mbid
),

percentiles as (
    select
        recording_mbid,
        cast(round(100 * percent_rank() over (order by listeners)) as int) as popularity
    from listeners
),

popularity_by_source as (
    select
        track_id,
        popularity,
        'spotify' as popularity_source
    from told_by_spotify
    union all
    select
        tracks.track_id,
        percentiles.popularity,
        'listenbrainz' as popularity_source
    from tracks
    inner join percentiles
        on tracks.recording_mbid = percentiles.recording_mbid
    anti join told_by_spotify
        on tracks.track_id = told_by_spotify.track_id
),

track_popularity as (
    select
        -- ids
        track_id,

        -- attributes
        popularity_source,

        -- numbers
        popularity
    from popularity_by_source
)

select * from track_popularity
