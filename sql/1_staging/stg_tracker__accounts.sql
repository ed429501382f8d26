-- The people whose listening is kept here, as they are set up.
--
-- grain: one row per account
-- kind:  view
-- key:   account_id
-- reads: src_accounts
-- tests: accepted counting_rule 30s, finished, any
-- columns:
--   account_name  Name of the account.

with accounts as (
    select
        account_id,
        name,
        counting_rule,
        created_at
    from src_accounts
),

renamed as (
    select
        -- ids
        account_id,

        -- attributes
        name as account_name,
        counting_rule,

        -- times
        created_at
    from accounts
)

select * from renamed
