-- The time zone of each account between two instants.
--
-- The first zone counts since ever (year 1), whatever its date says: a play from before it must
-- still have a local time. The last one counts for ever (year 9999).
--
-- grain: one row per account and span of time
-- kind:  view
-- reads: stg_tracker__account_zones
-- tests: unique account_id, valid_from
--        not_null account_id, zone, valid_from, valid_to
--        expression valid_from < valid_to
-- columns:
--   zone  Time zone in force in that span (IANA name).
--   valid_from  First instant of the span (UTC); year 1 for the first zone.
--   valid_to  First instant after the span (UTC); year 9999 for the last zone.

with zones as (
    select account_id, zone, valid_from
    from stg_tracker__account_zones
),

zones_numbered as (
    select
        account_id,
        zone,
        valid_from,
        row_number() over (
            partition by account_id
            order by valid_from nulls first
        ) as zone_number,
        lead(valid_from) over (
            partition by account_id
            order by valid_from nulls first
        ) as valid_to
    from zones
),

zones_bounded as (
    select
        -- ids
        account_id,

        -- attributes
        zone,

        -- times
        case when zone_number = 1 then timestamp '0001-01-01 00:00:00' else valid_from end
            as valid_from,
        coalesce(valid_to, timestamp '9999-12-31 00:00:00') as valid_to
    from zones_numbered
)

select * from zones_bounded
