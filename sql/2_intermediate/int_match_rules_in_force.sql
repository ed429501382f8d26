-- The rules of matching that act: those that nobody switched off.
--
-- grain: one row per rule
-- kind:  table
-- key:   rule
-- reads: match_rules, stg_tracker__rules_off

with rules as (
    select * from match_rules
    where is_enabled
),

rules_off as (
    select rule
    from stg_tracker__rules_off
),

rules_in_force as (
    select rules.*
    from rules
    anti join rules_off
        on rules.rule = rules_off.rule
)

select * from rules_in_force
