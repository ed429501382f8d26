-- Reports of a play that another report stands for, and why.
--
-- Canonical is the export, then the API, then the account data: what knows most about the moment.
--
-- grain: one row per reported play that is not canonical
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_unattributed_plays_absorbed, int_plays_matched_to_exports, int_plays_matched_to_api
-- tests: references play_id int_play_observations_chosen.play_id
--        references canonical_play_id int_plays_resolved.play_id
--        references rule match_rules.rule
--        between distance_s 0 60
--        between round 1 8

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
),

duplicates_described as (
    select
        -- ids
        play_id,
        canonical_play_id,

        -- attributes
        source,
        rule,

        -- numbers
        round,
        distance_ms / 1e3 as distance_s
    from duplicates
)

select * from duplicates_described
