-- Account-data plays and export plays with the same listening time that ended in the same minute.
--
-- Account data knows the minute, the milliseconds listened and names, which may be lost on either
-- side. Rows that are alike are
-- numbered on both sides, so that the first pairs with the first and the second with the second.
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
--   places_apart  How far apart their places are among plays that are alike, numbered on both sides; 0 is the same place.
--   ended_ms  Minute in which the account-data play ended, by its beginning, in milliseconds since 1970 (UTC).
--   canonical_ended_ms  When the export play ended, in milliseconds since 1970 (UTC).

with moments as (
    select
        account_id,
        ms_played,
        cast(floor(unix_millis(ended_at) / 60000) as bigint) as ended_minute
    from int_play_observations_chosen
    where source = 'spotify_account_data'
),

account_data_plays as (
    select
        play_id,
        account_id,
        title_key,
        artist_key,
        ms_played,
        unix_millis(ended_at) as ended_ms,
        cast(floor(unix_millis(ended_at) / 60000) as bigint) as ended_minute,
        row_number() over (
            partition by account_id, ended_at, ms_played, title_key, artist_key
            order by play_id
        ) as nth
    from int_play_observations_chosen
    where source = 'spotify_account_data'
),

absorbed_plays as (
    select play_id
    from int_unattributed_plays_absorbed
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

-- Only export plays of such a minute and length are of interest; the others need not be sorted.
export_plays_near as (
    select
        export_plays_in_minutes.play_id,
        export_plays_in_minutes.account_id,
        export_plays_in_minutes.title_key,
        export_plays_in_minutes.artist_key,
        export_plays_in_minutes.ms_played,
        export_plays_in_minutes.ended_ms,
        export_plays_in_minutes.ended_minute
    from export_plays_in_minutes
    semi join moments
        on export_plays_in_minutes.account_id = moments.account_id
        and export_plays_in_minutes.ended_minute = moments.ended_minute
        and export_plays_in_minutes.ms_played = moments.ms_played
    anti join absorbed_plays
        on export_plays_in_minutes.play_id = absorbed_plays.play_id
),

export_plays as (
    select
        play_id,
        account_id,
        title_key,
        artist_key,
        ms_played,
        ended_ms,
        ended_minute,
        row_number() over (
            partition by account_id, ended_minute, ms_played, title_key, artist_key
            order by ended_ms, play_id
        ) as nth
    from export_plays_near
),

pairs_with_rule as (
    select
        account_data_plays.account_id,
        account_data_plays.play_id,
        export_plays.play_id as canonical_play_id,
        case
            when account_data_plays.title_key = export_plays.title_key
                then 'account_data_same_title'
            when account_data_plays.artist_key = export_plays.artist_key
                then 'account_data_same_artist'
            when export_plays.title_key is null
                or account_data_plays.title_key is null
                then 'account_data_unattributed'
        end as rule,
        cast(abs(account_data_plays.nth - export_plays.nth) as bigint) as places_apart,
        account_data_plays.ended_ms,
        export_plays.ended_ms as canonical_ended_ms
    from account_data_plays
    inner join export_plays
        on account_data_plays.account_id = export_plays.account_id
        and account_data_plays.ended_minute = export_plays.ended_minute
        and account_data_plays.ms_played = export_plays.ms_played
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
        pairs_with_rule.places_apart,
        pairs_with_rule.ended_ms,
        pairs_with_rule.canonical_ended_ms
    from pairs_with_rule
    inner join int_match_rules_in_force
        on pairs_with_rule.rule = int_match_rules_in_force.rule
)

select * from pairs_ruled
