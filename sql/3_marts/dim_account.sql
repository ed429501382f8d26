-- The people whose listening is kept here.
--
-- An account that has plays but is no longer set up keeps its row, under its id.
--
-- grain: one row per account, and one for an unknown account
-- kind:  table
-- key:   account_id
-- reads: stg_tracker__accounts, int_account_zones_bounded, int_plays_resolved
-- tests: not_null account_name, counting_rule, zone
--        accepted counting_rule 30s, finished, any
-- columns:
--   zone  Time zone the account lives in now (IANA name).

with accounts as (
    select account_id, account_name, counting_rule, created_at
    from stg_tracker__accounts
),

zones as (
    select account_id, zone
    from int_account_zones_bounded
    where valid_to = timestamp '9999-12-31 00:00:00'
),

accounts_heard as (
    select account_id
    from int_plays_resolved
    group by account_id
),

accounts_without_settings as (
    select
        accounts_heard.account_id,
        accounts_heard.account_id as account_name,
        '30s' as counting_rule,
        cast(null as timestamp) as created_at
    from accounts_heard
    anti join accounts
        on accounts_heard.account_id = accounts.account_id
),

all_accounts as (
    select account_id, account_name, counting_rule, created_at from accounts
    union all
    select account_id, account_name, counting_rule, created_at from accounts_without_settings
),

accounts_described as (
    select
        -- ids
        all_accounts.account_id,

        -- attributes
        all_accounts.account_name,
        all_accounts.counting_rule,
        coalesce(zones.zone, 'UTC') as zone,

        -- times
        all_accounts.created_at
    from all_accounts
    left join zones
        on all_accounts.account_id = zones.account_id
    union all
    select
        'unknown' as account_id,
        'Unknown' as account_name,
        '30s' as counting_rule,
        'UTC' as zone,
        cast(null as timestamp) as created_at
)

select * from accounts_described
