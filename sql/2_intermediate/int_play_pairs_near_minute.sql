-- Account-data plays and export plays that agree but for a little time.
--
-- Account data may be some milliseconds off, or give a minute that was rounded otherwise. The end
-- of the export play lies in the minute of the account data or in the one before or after it. With
-- title and artist alike, a second between the listening times is allowed; without names, only so
-- little that hardly anything else fits. Pairs without any difference are in
-- int_play_pairs_by_minute.
--
-- grain: one row per account-data play and export play that may be the same
-- kind:  incremental
-- key:   play_id, canonical_play_id
-- recompute: whole
-- reads: int_play_observations_chosen, int_unattributed_plays_absorbed, int_match_rules_in_force
-- columns:
--   play_id  Key of the account-data play.
--   canonical_play_id  Key of the export play that it may be.
--   rule  Rule by which the two may be the same; what it means is in match_rules.
--   played_apart_ms  How far apart the listening times are, in milliseconds.
--   distance_ms  How far the end of the export play is from the minute of the account data, in milliseconds; 0 within it.
--   ended_ms  Minute in which the account-data play ended, by its beginning, in milliseconds since 1970 (UTC).
--   canonical_ended_ms  When the export play ended, in milliseconds since 1970 (UTC).

with bounds as (
    select
        max(tolerance_ms) as reach_ms,
        max(tolerance_played_ms) as reach_played_ms,
        max(tolerance_played_ms) filter (where rule = 'account_data_near') as names_played_ms,
        max(tolerance_played_ms) filter (where rule = 'account_data_near_unattributed')
            as nameless_played_ms
    from int_match_rules_in_force
    where rule in ('account_data_near', 'account_data_near_unattributed')
),

absorbed_plays as (
    select play_id
    from int_unattributed_plays_absorbed
),

account_data_plays_by_minute as (
    select
        observations.play_id,
        observations.account_id,
        observations.title_key,
        observations.artist_key,
        observations.ms_played,
        unix_millis(observations.ended_at) as ended_ms,
        cast(floor(unix_millis(observations.ended_at) / 60000) as bigint) as told_minute,
        cast(floor(unix_millis(observations.ended_at) / 60000) as bigint) + side.i - 1 as ended_minute
    from int_play_observations_chosen as observations
    cross join range(0, 3) as side(i)
    where observations.source = 'spotify_account_data'
),

-- Account data tells of a year; the export plays of others need not be looked at.
told_minutes as (
    select
        min(ended_minute) as first_minute,
        max(ended_minute) as last_minute
    from account_data_plays_by_minute
),

export_plays_in_minutes as (
    select
        play_id,
        account_id,
        title_key,
        artist_key,
        ms_played,
        unix_millis(ended_at) as ended_ms,
        cast(floor(unix_millis(ended_at) / 60000) as bigint) as ended_minute
    from int_play_observations_chosen
    where source = 'spotify_export'
),

export_plays as (
    select export_plays_in_minutes.*
    from export_plays_in_minutes
    inner join told_minutes
        on export_plays_in_minutes.ended_minute between told_minutes.first_minute and told_minutes.last_minute
    anti join absorbed_plays
        on export_plays_in_minutes.play_id = absorbed_plays.play_id
),

pairs_in_time as (
    select
        account_data_plays_by_minute.account_id,
        account_data_plays_by_minute.play_id,
        export_plays.play_id as canonical_play_id,
        account_data_plays_by_minute.title_key = export_plays.title_key
            and coalesce(account_data_plays_by_minute.artist_key = export_plays.artist_key, true)
            as is_same_names,
        account_data_plays_by_minute.title_key is null
            or export_plays.title_key is null as is_nameless,
        account_data_plays_by_minute.told_minute = export_plays.ended_minute
            and account_data_plays_by_minute.ms_played = export_plays.ms_played as is_exact,
        abs(account_data_plays_by_minute.ms_played - export_plays.ms_played) as played_apart_ms,
        greatest(
            account_data_plays_by_minute.ended_ms - export_plays.ended_ms,
            export_plays.ended_ms - account_data_plays_by_minute.ended_ms - 60000,
            0
        ) as distance_ms,
        account_data_plays_by_minute.ended_ms,
        export_plays.ended_ms as canonical_ended_ms
    from account_data_plays_by_minute
    inner join export_plays
        on account_data_plays_by_minute.account_id = export_plays.account_id
        and account_data_plays_by_minute.ended_minute = export_plays.ended_minute
    cross join bounds
    where abs(account_data_plays_by_minute.ms_played - export_plays.ms_played)
        <= bounds.reach_played_ms
),

pairs_with_rule as (
    select
        pairs_in_time.account_id,
        pairs_in_time.play_id,
        pairs_in_time.canonical_play_id,
        case
            when pairs_in_time.is_same_names
                and pairs_in_time.played_apart_ms <= bounds.names_played_ms
                then 'account_data_near'
            when pairs_in_time.is_nameless
                and pairs_in_time.played_apart_ms <= bounds.nameless_played_ms
                then 'account_data_near_unattributed'
        end as rule,
        pairs_in_time.played_apart_ms,
        pairs_in_time.distance_ms,
        pairs_in_time.ended_ms,
        pairs_in_time.canonical_ended_ms
    from pairs_in_time
    cross join bounds
    where not pairs_in_time.is_exact
        and pairs_in_time.distance_ms <= bounds.reach_ms
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
        pairs_with_rule.played_apart_ms,
        pairs_with_rule.distance_ms,
        pairs_with_rule.ended_ms,
        pairs_with_rule.canonical_ended_ms
    from pairs_with_rule
    inner join int_match_rules_in_force
        on pairs_with_rule.rule = int_match_rules_in_force.rule
)

select * from pairs_ruled
