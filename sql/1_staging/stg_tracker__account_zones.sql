-- The time zones an account has lived in, and from when.
--
-- grain: one row per account and instant at which its zone changed
-- kind:  view
-- reads: src_account_zones
-- tests: unique account_id, valid_from
--        not_null account_id, zone

with zones as (
    select
        account_id,
        zone,
        valid_from
    from src_account_zones
),

renamed as (
    select
        -- ids
        account_id,

        -- attributes
        zone,

        -- times
        valid_from
    from zones
)

select * from renamed
