-- Which reports does another report of the same play stand for, and why?
--
-- A report that is not here speaks for its play itself. `music-tracker explain` puts it in words.
--
-- grain: one row per observation that another one stands for
-- kind:  table
-- key:   observation_id
-- reads: int_play_duplicates, int_play_observations_passed_over
-- sort:  canonical_play_id, play_id, observation_id
-- tests: accepted role duplicate, older_version
--        not_null play_id, canonical_play_id
-- columns:
--   observation_id  Key of the report.
--   play_id  Key of the play as the report's source tells it.
--   canonical_play_id  Key of the real play, as fct_track_played has it.
--   role  duplicate where another source or row tells the same play; older_version where a fuller or later report of the same source replaced it.
--   rule  Rule of match_rules by which the two are one play; empty for older versions.
--   round  Round of matching in which they were found.
--   distance_s  How far apart the times that were compared are, in seconds.

with duplicates as (
    select observation_id, play_id, canonical_play_id, rule, round, distance_s
    from int_play_duplicates
),

older_versions as (
    select observation_id, play_id
    from int_play_observations_passed_over
),

reports as (
    select
        observation_id,
        play_id,
        canonical_play_id,
        'duplicate' as role,
        rule,
        round,
        distance_s
    from duplicates
    union all
    select
        older_versions.observation_id,
        older_versions.play_id,
        coalesce(duplicates.canonical_play_id, older_versions.play_id) as canonical_play_id,
        'older_version' as role,
        cast(null as string) as rule,
        cast(null as int) as round,
        cast(null as double) as distance_s
    from older_versions
    left join duplicates
        on older_versions.play_id = duplicates.play_id
)

select * from reports
