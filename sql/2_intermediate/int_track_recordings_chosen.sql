-- Which recording of MusicBrainz each track is.
--
-- What has the very address of the track at MusicBrainz goes first; then what plays of the track carry:
-- of several, what most of them do, then what the newest does. Then what has the track's ISRC: of several the one that
-- most people listen to. Last comes what was found by the artist and the title.
--
-- grain: one row per track of which that is known
-- kind:  incremental
-- key:   track_id
-- recompute: whole
-- reads: stg_enrichment__tracks, stg_enrichment__recordings, int_recording_listeners,
--        int_play_observations_united, int_tracks_described
-- tests: not_null recording_mbid

with addresses as (
    select
        track_uri as track_id,
        max_by(recording_mbid, told_order) as recording_mbid
    from stg_enrichment__tracks
    where recording_mbid is not null
    group by track_uri
),

reports as (
    select
        track_id,
        lower(recording_mbid) as recording_mbid,
        count(*) as reports,
        max(unix_millis(coalesce(ended_at, started_at))) as last_ended_ms
    from int_play_observations_united
    where nullif(recording_mbid, '') is not null
    group by track_id, lower(recording_mbid)
),

tracks as (
    select track_id, isrc, artist_key, title_key
    from int_tracks_described
),

found_by_isrc as (
    select distinct isrc, recording_mbid
    from stg_enrichment__recordings
    where isrc is not null
),

found_by_names as (
    select
        artist_key,
        title_key,
        max_by(recording_mbid, told_order) as recording_mbid
    from stg_enrichment__recordings
    where artist_key is not null
        and title_key is not null
    group by artist_key, title_key
),

candidates as (
    select
        track_id,
        recording_mbid,
        1 as preference,
        cast(0 as bigint) as votes,
        cast(0 as bigint) as last_ended_ms
    from addresses
    union all
    select
        track_id,
        recording_mbid,
        2 as preference,
        reports as votes,
        last_ended_ms
    from reports
    union all
    select
        tracks.track_id,
        found_by_isrc.recording_mbid,
        3 as preference,
        coalesce(int_recording_listeners.listeners, -1) as votes,
        cast(0 as bigint) as last_ended_ms
    from tracks
    inner join found_by_isrc
        on tracks.isrc = found_by_isrc.isrc
    left join int_recording_listeners
        on found_by_isrc.recording_mbid = int_recording_listeners.recording_mbid
    union all
    select
        tracks.track_id,
        found_by_names.recording_mbid,
        4 as preference,
        cast(0 as bigint) as votes,
        cast(0 as bigint) as last_ended_ms
    from tracks
    inner join found_by_names
        on tracks.artist_key = found_by_names.artist_key
        and tracks.title_key = found_by_names.title_key
),

candidates_ranked as (
    select
        track_id,
        recording_mbid,
        row_number() over (
            partition by track_id
            order by
                preference,
                votes desc,
                last_ended_ms desc,
                recording_mbid
        ) as choice
    from candidates
    where track_id <> 'unknown'
),

recordings_chosen as (
    select
        -- ids
        track_id,
        recording_mbid
    from candidates_ranked
    where choice = 1
)

select * from recordings_chosen
