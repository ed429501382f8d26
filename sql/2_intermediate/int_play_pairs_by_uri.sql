-- API plays and export plays of the same track that ended at nearly the same time.
--
-- A pair in which neither side has another candidate is settled: no later round can change it.
--
-- grain: one row per API play and export play that may be the same
-- kind:  incremental
-- key:   play_id, canonical_play_id
-- recompute: whole
-- reads: int_play_observations_chosen, int_match_rules_in_force
-- columns:
--   play_id  Key of the API play.
--   canonical_play_id  Key of the export play that it may be.
--   rule  Rule by which the two may be the same; what it means is in match_rules.
--   distance_ms  How far the two are apart in time, in milliseconds.
--   ended_ms  When the play ended, in milliseconds since 1970 (UTC).
--   canonical_ended_ms  When the export play ended, in milliseconds since 1970 (UTC).
--   is_brief  True where the export play was heard for less than 30 seconds.
--   is_settled  True where neither side has another candidate, so that no round can change it.

with bounds as (
    select
        max(tolerance_ms) as reach_ms,
        max(tolerance_ms) filter (where rule = 'api_same_uri_strict') as strict_ms,
        max(first_round) filter (where rule = 'api_same_uri_strict') as strict_round,
        max(first_round) filter (where rule = 'api_same_uri') as wide_round
    from int_match_rules_in_force
    where rule in ('api_same_uri_strict', 'api_same_uri')
),

api_plays as (
    select
        play_id,
        account_id,
        track_id,
        unix_millis(ended_at) as ended_ms
    from int_play_observations_chosen
    where source = 'spotify_api'
        and known_by = 'uri'
),

tracks as (
    select account_id, track_id
    from api_plays
    group by account_id, track_id
),

export_plays as (
    select
        observations.play_id,
        observations.account_id,
        observations.track_id,
        observations.ms_played,
        unix_millis(observations.ended_at) as ended_ms
    from int_play_observations_chosen as observations
    -- What the API never told need not be looked at.
    semi join tracks
        on observations.account_id = tracks.account_id
        and observations.track_id = tracks.track_id
    where observations.source = 'spotify_export'
        and observations.known_by = 'uri'
),

-- Time is cut into stretches twice as long as the reach, so that a play has to look into two at most.
export_plays_by_stretch as (
    select
        export_plays.play_id,
        export_plays.account_id,
        export_plays.track_id,
        export_plays.ms_played,
        export_plays.ended_ms,
        cast(floor(export_plays.ended_ms / (2 * bounds.reach_ms)) as bigint) as stretch
    from export_plays
    cross join bounds
),

api_plays_by_stretch as (
    select
        api_plays.play_id,
        api_plays.account_id,
        api_plays.track_id,
        api_plays.ended_ms,
        bounds.reach_ms,
        bounds.strict_ms,
        bounds.strict_round,
        bounds.wide_round,
        cast(floor((api_plays.ended_ms - bounds.reach_ms) / (2 * bounds.reach_ms)) as bigint)
            + side.i as stretch
    from api_plays
    cross join bounds
    cross join range(0, 2) as side(i)
),

pairs as (
    select
        api_plays_by_stretch.account_id,
        api_plays_by_stretch.play_id,
        export_plays_by_stretch.play_id as canonical_play_id,
        api_plays_by_stretch.ended_ms,
        export_plays_by_stretch.ended_ms as canonical_ended_ms,
        export_plays_by_stretch.ms_played < 30000 as is_brief,
        api_plays_by_stretch.strict_ms,
        api_plays_by_stretch.strict_round,
        api_plays_by_stretch.wide_round,
        abs(api_plays_by_stretch.ended_ms - export_plays_by_stretch.ended_ms) as distance_ms
    from api_plays_by_stretch
    inner join export_plays_by_stretch
        on api_plays_by_stretch.account_id = export_plays_by_stretch.account_id
        and api_plays_by_stretch.track_id = export_plays_by_stretch.track_id
        and api_plays_by_stretch.stretch = export_plays_by_stretch.stretch
    where abs(api_plays_by_stretch.ended_ms - export_plays_by_stretch.ended_ms)
        <= api_plays_by_stretch.reach_ms
),

pairs_counted as (
    select
        -- ids
        account_id,
        play_id,
        canonical_play_id,

        -- attributes
        case when distance_ms <= strict_ms then 'api_same_uri_strict' else 'api_same_uri' end as rule,

        -- numbers
        case when distance_ms <= strict_ms then strict_round else wide_round end as first_round,
        distance_ms,
        ended_ms,
        canonical_ended_ms,

        -- booleans
        is_brief,
        count(*) over (partition by play_id) = 1
            and count(*) over (partition by canonical_play_id) = 1 as is_settled
    from pairs
)

select * from pairs_counted
