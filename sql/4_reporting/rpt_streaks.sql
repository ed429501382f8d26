-- How many days in a row was music heard?
--
-- A day is in a streak when a play of music counts on it. A day that never was where the account lived,
-- because the date line moved, neither lengthens nor breaks one.
--
-- grain: one row per account and streak
-- kind:  table
-- key:   account_id, first_date
-- reads: rpt_listening_calendar
-- sort:  account_id, first_date
-- tests: expression first_date <= last_date
--        between days 1 100000
--        unique account_id, streak_rank
-- columns:
--   streak_rank  Place among the account's streaks by days, from 1; of equals, the older one.
--   days  Days of the streak.
--   counted_plays  Plays of music on these days that count by the account's rule.
--   is_latest  True for the streak that the account's last day is in, which may go on.
--   first_date  First local day.
--   last_date  Last local day.

with days as (
    select
        account_id,
        account_name,
        date,
        counted_plays
    from rpt_listening_calendar
    where hours_in_day > 0
        or counted_plays > 0
),

days_numbered as (
    select
        days.*,
        row_number() over (partition by account_id order by date) as day_number,
        max(date) over (partition by account_id) as newest_date
    from days
),

-- In a streak both numbers rise by one from day to day, so that their difference stays.
days_heard as (
    select
        days_numbered.*,
        day_number - row_number() over (partition by account_id order by date) as streak
    from days_numbered
    where counted_plays > 0
),

streaks as (
    select
        account_id,
        account_name,
        count(*) as days,
        cast(sum(counted_plays) as bigint) as counted_plays,
        max(date) = max(newest_date) as is_latest,
        min(date) as first_date,
        max(date) as last_date
    from days_heard
    group by account_id, account_name, streak
),

streaks_ranked as (
    select
        -- ids
        account_id,

        -- attributes
        account_name,

        -- numbers
        cast(row_number() over (partition by account_id order by days desc, first_date) as int) as streak_rank,
        days,
        counted_plays,

        -- booleans
        is_latest,

        -- times
        first_date,
        last_date
    from streaks
)

select * from streaks_ranked
