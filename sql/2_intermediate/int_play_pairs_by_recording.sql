-- API plays and export plays that ended together and may be one recording under two URIs.
--
-- Spotify relinks tracks: the API may name another URI than the export does. Then the ISRC tells
-- (exports have none; it is learned from the API per URI), else title and artist, where the album
-- artist of the export may be any credit of the API. An export row about which nothing is known
-- can only be told by its time.
--
-- grain: one row per API play and export play that may be the same
-- kind:  incremental
-- key:   play_id, canonical_play_id
-- recompute: whole
-- reads: int_play_observations_chosen, int_play_pairs_by_uri, int_unattributed_plays_absorbed,
--        int_tracks_described, stg_tracker__credits, int_match_rules_in_force
-- columns:
--   play_id  Key of the API play.

with bounds as (
    select
        max(tolerance_ms) as reach_ms,
        max(tolerance_ms) filter (where rule = 'api_same_isrc') as isrc_ms,
        max(tolerance_ms) filter (where rule = 'api_same_names') as names_ms,
        max(tolerance_ms) filter (where rule = 'api_unattributed') as unattributed_ms
    from int_match_rules_in_force
    where rule in ('api_same_isrc', 'api_same_names', 'api_unattributed')
),

settled_api_plays as (
    select play_id
    from int_play_pairs_by_uri
    where is_settled
),

export_plays_taken as (
    select canonical_play_id as play_id
    from int_play_pairs_by_uri
    where is_settled
    union all
    select play_id
    from int_unattributed_plays_absorbed
),

track_isrcs as (
    select track_id, isrc
    from int_tracks_described
    where isrc is not null
),

api_plays_by_stretch as (
    select
        observations.observation_id,
        observations.play_id,
        observations.account_id,
        observations.track_id,
        observations.known_by,
        observations.title_key,
        observations.artist_key,
        unix_millis(observations.ended_at) as ended_ms,
        bounds.reach_ms,
        cast(floor((unix_millis(observations.ended_at) - bounds.reach_ms) / (2 * bounds.reach_ms)) as bigint)
            + side.i as stretch
    from int_play_observations_chosen as observations
    anti join settled_api_plays
        on observations.play_id = settled_api_plays.play_id
    cross join bounds
    cross join range(0, 2) as side(i)
    where observations.source = 'spotify_api'
),

-- Where there is an API play; the export plays of other stretches need not be looked at.
stretches as (
    select account_id, stretch
    from api_plays_by_stretch
    group by account_id, stretch
),

export_plays_in_stretches as (
    select
        observations.play_id,
        observations.account_id,
        observations.track_id,
        observations.known_by,
        observations.title_key,
        observations.artist_key,
        observations.ms_played,
        unix_millis(observations.ended_at) as ended_ms,
        cast(floor(unix_millis(observations.ended_at) / (2 * bounds.reach_ms)) as bigint) as stretch
    from int_play_observations_chosen as observations
    cross join bounds
    where observations.source = 'spotify_export'
),

export_plays_by_stretch as (
    select export_plays_in_stretches.*
    from export_plays_in_stretches
    semi join stretches
        on export_plays_in_stretches.account_id = stretches.account_id
        and export_plays_in_stretches.stretch = stretches.stretch
    anti join export_plays_taken
        on export_plays_in_stretches.play_id = export_plays_taken.play_id
),

pairs_in_time as (
    select
        api_plays_by_stretch.observation_id,
        api_plays_by_stretch.account_id,
        api_plays_by_stretch.play_id,
        api_plays_by_stretch.track_id,
        api_plays_by_stretch.artist_key,
        api_plays_by_stretch.ended_ms,
        export_plays_by_stretch.play_id as canonical_play_id,
        export_plays_by_stretch.track_id as canonical_track_id,
        export_plays_by_stretch.artist_key as canonical_artist_key,
        export_plays_by_stretch.ended_ms as canonical_ended_ms,
        export_plays_by_stretch.known_by = 'nothing' as is_canonical_unattributed,
        export_plays_by_stretch.ms_played < 30000 as is_brief,
        coalesce(api_plays_by_stretch.title_key = export_plays_by_stretch.title_key, false)
            as is_same_title,
        abs(api_plays_by_stretch.ended_ms - export_plays_by_stretch.ended_ms) as distance_ms
    from api_plays_by_stretch
    inner join export_plays_by_stretch
        on api_plays_by_stretch.account_id = export_plays_by_stretch.account_id
        and api_plays_by_stretch.stretch = export_plays_by_stretch.stretch
    -- The same URI has been looked at before.
    where not (
            api_plays_by_stretch.known_by = 'uri'
            and api_plays_by_stretch.track_id = export_plays_by_stretch.track_id
        )
        and abs(api_plays_by_stretch.ended_ms - export_plays_by_stretch.ended_ms)
            <= api_plays_by_stretch.reach_ms
),

credited_names as (
    select
        credits.observation_id,
        lower(trim(credits.artist_name)) as artist_key
    from stg_tracker__credits as credits
    semi join pairs_in_time
        on credits.observation_id = pairs_in_time.observation_id
    group by credits.observation_id, lower(trim(credits.artist_name))
),

pairs_with_rule as (
    select
        pairs_in_time.account_id,
        pairs_in_time.play_id,
        pairs_in_time.canonical_play_id,
        case
            when api_isrcs.isrc = export_isrcs.isrc
                and pairs_in_time.distance_ms <= bounds.isrc_ms then 'api_same_isrc'
            when pairs_in_time.is_same_title
                and (pairs_in_time.artist_key = pairs_in_time.canonical_artist_key
                    or credited_names.artist_key is not null)
                and pairs_in_time.distance_ms <= bounds.names_ms then 'api_same_names'
            when pairs_in_time.is_canonical_unattributed
                and pairs_in_time.distance_ms <= bounds.unattributed_ms then 'api_unattributed'
        end as rule,
        pairs_in_time.distance_ms,
        pairs_in_time.ended_ms,
        pairs_in_time.canonical_ended_ms,
        pairs_in_time.is_brief
    from pairs_in_time
    cross join bounds
    left join track_isrcs as api_isrcs
        on pairs_in_time.track_id = api_isrcs.track_id
    left join track_isrcs as export_isrcs
        on pairs_in_time.canonical_track_id = export_isrcs.track_id
    left join credited_names
        on pairs_in_time.observation_id = credited_names.observation_id
        and pairs_in_time.canonical_artist_key = credited_names.artist_key
),

pairs_ruled as (
    select
        -- ids
        pairs_with_rule.account_id,
        pairs_with_rule.play_id,
        pairs_with_rule.canonical_play_id,

        -- attributes
        pairs_with_rule.rule,

        -- numbers
        int_match_rules_in_force.first_round,
        pairs_with_rule.distance_ms,
        pairs_with_rule.ended_ms,
        pairs_with_rule.canonical_ended_ms,

        -- booleans
        pairs_with_rule.is_brief
    from pairs_with_rule
    inner join int_match_rules_in_force
        on pairs_with_rule.rule = int_match_rules_in_force.rule
)

select * from pairs_ruled
