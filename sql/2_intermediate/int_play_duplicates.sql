-- Reports of a play that another report stands for, and why.
--
-- Canonical is the export, then the API, then the account data: what knows most about the moment.
-- Then come listens that other programs told: submitted here, to ListenBrainz, to Last.fm.
--
-- grain: one row per reported play that is not canonical
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_unattributed_plays_absorbed, int_plays_matched_to_exports, int_plays_matched_to_api,
--        int_plays_matched_submitted, int_plays_matched_listenbrainz, int_plays_matched_lastfm,
--        int_play_observations_chosen
-- tests: references canonical_play_id int_play_observations_chosen.play_id
--        references rule match_rules.rule
--        between distance_s 0 600
--        between round 1 9
-- columns:
--   play_id  Key of the play that gives way.
--   observation_id  Key of the report that gives way.
--   canonical_play_id  Key of the play that stands for it.
--   source  Source of the report that gives way.
--   rule  Rule by which the two are the same; what it means is in match_rules.
--   distance_s  How far apart the moments are that the rule compares, in seconds.

with duplicates as (
    select
        play_id,
        canonical_play_id,
        'spotify_export' as source,
        rule,
        1 as round,
        cast(0 as bigint) as distance_ms
    from int_unattributed_plays_absorbed
    union all
    select
        play_id,
        canonical_play_id,
        source,
        rule,
        round,
        distance_ms
    from int_plays_matched_to_exports
    union all
    select
        play_id,
        canonical_play_id,
        source,
        rule,
        round,
        distance_ms
    from int_plays_matched_to_api
    union all
    select
        play_id,
        canonical_play_id,
        source,
        rule,
        round,
        distance_ms
    from int_plays_matched_submitted
    union all
    select
        play_id,
        canonical_play_id,
        source,
        rule,
        round,
        distance_ms
    from int_plays_matched_listenbrainz
    union all
    select
        play_id,
        canonical_play_id,
        source,
        rule,
        round,
        distance_ms
    from int_plays_matched_lastfm
),

observations as (
    select observation_id, play_id
    from int_play_observations_chosen
),

duplicates_described as (
    select
        -- ids
        duplicates.play_id,
        observations.observation_id,
        duplicates.canonical_play_id,

        -- attributes
        duplicates.source,
        duplicates.rule,

        -- numbers
        duplicates.round,
        duplicates.distance_ms / 1e3 as distance_s
    from duplicates
    inner join observations
        on duplicates.play_id = observations.play_id
)

select * from duplicates_described
