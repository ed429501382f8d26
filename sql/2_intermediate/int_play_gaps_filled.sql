-- What the duplicates of a play know that its canonical report may not.
--
-- The context and the track's length come from the API, the listening time from the account data,
-- and the track from either, the API first, for export rows that name none. What none of Spotify's
-- sources tells is taken from listens: submitted, then ListenBrainz, then Last.fm.
--
-- grain: one row per real play that has duplicates from another source
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_play_duplicates, int_play_observations_united
-- columns:
--   play_id  Key of the real play.
--   track_id  Key of the track by the first of the duplicates that names one; empty where none does.
--   kind  What was played, by the same duplicate: track, episode, audiobook, local or unattributed.
--   context_uri  What the track was played from by the API (album, playlist, artist); empty where it does not tell.
--   duration_ms  Length of the track in milliseconds by the first of the duplicates that tells it; empty where none does.
--   ms_played  Milliseconds listened by the first of the duplicates that tells them; empty where none does.

with duplicates as (
    select observation_id, canonical_play_id
    from int_play_duplicates
    where source <> 'spotify_export'
),

observations as (
    select
        observation_id,
        track_id,
        source,
        kind,
        context_uri,
        duration_ms,
        ms_played
    from int_play_observations_united
    where source <> 'spotify_export'
),

reports as (
    select
        duplicates.canonical_play_id,
        observations.track_id,
        observations.source,
        observations.kind,
        observations.context_uri,
        observations.duration_ms,
        observations.ms_played
    from observations
    inner join duplicates
        on observations.observation_id = duplicates.observation_id
),

-- A real play has at most one duplicate of each source (of ListenBrainz at most two), so that max()
-- only picks it.
gaps_filled as (
    select
        -- ids
        canonical_play_id as play_id,
        coalesce(
            max(track_id) filter (where source = 'spotify_api' and track_id <> 'unknown'),
            max(track_id) filter (where source = 'spotify_account_data' and track_id <> 'unknown'),
            max(track_id) filter (where source = 'submitted' and track_id <> 'unknown'),
            max(track_id) filter (where source = 'listenbrainz' and track_id <> 'unknown'),
            max(track_id) filter (where source = 'lastfm' and track_id <> 'unknown')
        ) as track_id,

        -- attributes
        coalesce(
            max(kind) filter (where source = 'spotify_api' and track_id <> 'unknown'),
            max(kind) filter (where source = 'spotify_account_data' and track_id <> 'unknown'),
            max(kind) filter (where source = 'submitted' and track_id <> 'unknown'),
            max(kind) filter (where source = 'listenbrainz' and track_id <> 'unknown'),
            max(kind) filter (where source = 'lastfm' and track_id <> 'unknown')
        ) as kind,
        max(context_uri) filter (where source = 'spotify_api') as context_uri,

        -- numbers
        coalesce(
            max(duration_ms) filter (where source = 'spotify_api'),
            max(duration_ms) filter (where source = 'submitted'),
            max(duration_ms) filter (where source = 'listenbrainz')
        ) as duration_ms,
        coalesce(
            max(ms_played) filter (where source = 'spotify_account_data'),
            max(ms_played) filter (where source = 'submitted'),
            max(ms_played) filter (where source = 'listenbrainz')
        ) as ms_played
    from reports
    group by canonical_play_id
)

select * from gaps_filled
