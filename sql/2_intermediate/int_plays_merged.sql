-- Real plays, put together from all reports of each.
--
-- The canonical report speaks; its gaps are filled from the others.
--
-- grain: one row per real play
-- kind:  view
-- reads: int_play_observations_united, int_play_observations_passed_over, int_play_duplicates,
--        int_play_gaps_filled
-- columns:
--   play_id  Key of the play: that of the report that stands for it.
--   observation_id  Key of the report that stands for the play.
--   account_id  Key of the account that reported the play.
--   track_id  Key of the track; unknown where no source names it.
--   source  Source whose report stands for the play.
--   client  Program that reported the play, where known.
--   kind  What was played: track, episode, audiobook (a chapter), local (a file of one's own) or unattributed (no source names it).
--   ms_played  Milliseconds listened, as reported; empty where no source of the play reports them.
--   duration_ms  Length of the track in milliseconds, as a source of the play tells it; empty where none does.

with observations as (
    select * from int_play_observations_united
),

silent_observations as (
    select observation_id
    from int_play_observations_passed_over
    union all
    select observation_id
    from int_play_duplicates
),

gaps_filled as (
    select play_id, track_id, kind, context_uri, duration_ms, ms_played
    from int_play_gaps_filled
),

plays_merged as (
    select
        -- ids
        observations.play_id,
        observations.observation_id,
        observations.account_id,
        case
            when observations.known_by = 'nothing' then coalesce(gaps_filled.track_id, 'unknown')
            else observations.track_id
        end as track_id,

        -- attributes
        observations.source,
        observations.client,
        case
            when observations.known_by <> 'nothing' then observations.kind
            when gaps_filled.kind is not null then gaps_filled.kind
            when observations.kind in ('track', 'local') then 'unattributed'
            else observations.kind
        end as kind,
        coalesce(observations.context_uri, gaps_filled.context_uri) as context_uri,
        observations.platform,
        observations.conn_country,
        observations.reason_start,
        observations.reason_end,
        observations.time_estimated,

        -- numbers
        coalesce(observations.ms_played, gaps_filled.ms_played) as ms_played,
        coalesce(observations.duration_ms, gaps_filled.duration_ms) as duration_ms,

        -- booleans
        observations.is_shuffle,
        observations.is_offline,
        observations.is_incognito,

        -- times
        observations.started_at,
        observations.ended_at
    from observations
    left join gaps_filled
        on observations.play_id = gaps_filled.play_id
    anti join silent_observations
        on observations.observation_id = silent_observations.observation_id
)

select * from plays_merged
