-- Export rows without a URI that a fuller row of the same play makes superfluous.
--
-- Spotify leaves the URI, or everything about the track, out of some rows and fills it in a later
-- export; the two then differ in their key. Same account, same end, same listening time: one row
-- absorbs at most one row without any name, and one with the same title but no URI.
--
-- grain: one row per absorbed play
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_play_observations_chosen, int_match_rules_in_force
-- tests: unique canonical_play_id, rule
-- columns:
--   play_id  Key of the play that is absorbed.
--   canonical_play_id  Key of the fuller row that stands for it.
--   rule  Rule that absorbs it: export_names_only or export_unattributed.

with rules as (
    select rule
    from int_match_rules_in_force
),

plays_without_uri as (
    select
        account_id,
        ended_at,
        ms_played
    from int_play_observations_chosen
    where source = 'spotify_export'
        and known_by <> 'uri'
),

-- Everything that ended with one of them; the rest of the history need not be sorted.
plays_at_these_moments as (
    select
        observations.play_id,
        observations.account_id,
        observations.known_by,
        observations.title_key,
        observations.ended_at,
        observations.ms_played
    from int_play_observations_chosen as observations
    semi join plays_without_uri
        on observations.account_id = plays_without_uri.account_id
        and observations.ended_at = plays_without_uri.ended_at
        and observations.ms_played = plays_without_uri.ms_played
    where observations.source = 'spotify_export'
),

plays_numbered_by_title as (
    select
        play_id,
        account_id,
        title_key,
        ended_at,
        ms_played,
        known_by,
        row_number() over (
            partition by account_id, ended_at, ms_played, title_key, known_by
            order by play_id
        ) as nth
    from plays_at_these_moments
    where known_by <> 'nothing'
),

absorbed_by_title as (
    select
        without_uri.play_id,
        with_uri.play_id as canonical_play_id,
        'export_names_only' as rule
    from plays_numbered_by_title as without_uri
    inner join plays_numbered_by_title as with_uri
        on without_uri.account_id = with_uri.account_id
        and without_uri.ended_at = with_uri.ended_at
        and without_uri.ms_played = with_uri.ms_played
        and without_uri.title_key = with_uri.title_key
        and without_uri.nth = with_uri.nth
    inner join rules
        on rules.rule = 'export_names_only'
    where without_uri.known_by = 'names'
        and with_uri.known_by = 'uri'
),

plays_numbered as (
    select
        plays_at_these_moments.play_id,
        plays_at_these_moments.account_id,
        plays_at_these_moments.ended_at,
        plays_at_these_moments.ms_played,
        plays_at_these_moments.known_by = 'nothing' as is_unattributed,
        row_number() over (
            partition by
                plays_at_these_moments.account_id,
                plays_at_these_moments.ended_at,
                plays_at_these_moments.ms_played,
                plays_at_these_moments.known_by = 'nothing'
            order by plays_at_these_moments.play_id
        ) as nth
    from plays_at_these_moments
    anti join absorbed_by_title
        on plays_at_these_moments.play_id = absorbed_by_title.play_id
),

absorbed_by_time as (
    select
        unattributed.play_id,
        attributed.play_id as canonical_play_id,
        'export_unattributed' as rule
    from plays_numbered as unattributed
    inner join plays_numbered as attributed
        on unattributed.account_id = attributed.account_id
        and unattributed.ended_at = attributed.ended_at
        and unattributed.ms_played = attributed.ms_played
        and unattributed.nth = attributed.nth
    inner join rules
        on rules.rule = 'export_unattributed'
    where unattributed.is_unattributed
        and not attributed.is_unattributed
),

plays_absorbed as (
    select play_id, canonical_play_id, rule from absorbed_by_title
    union all
    select play_id, canonical_play_id, rule from absorbed_by_time
)

select * from plays_absorbed
