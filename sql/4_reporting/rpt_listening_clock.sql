-- At what hour of which day of the week is music heard?
--
-- Every hour of the week has its row, with zeros where nothing was heard.
--
-- grain: one row per account, year, day of the week and hour
-- kind:  table
-- key:   account_id, year_num, day_of_week, hour_of_day
-- reads: fct_track_played, dim_date, dim_time, dim_account
-- sort:  account_id, year_num, day_of_week, hour_of_day
-- tests: between day_of_week 1 7
--        between hour_of_day 0 23
--        accepted time_of_day Night, Morning, Afternoon, Evening
--        expression counted_plays <= plays
-- columns:
--   year_num  Calendar year, in local time.
--   hour_of_day  Hour in local time, 0 to 23.
--   plays  Plays of music, whether they count or not.
--   counted_plays  Plays of music that count by the account's rule.
--   minutes_listened  Minutes of music heard, reported or estimated.

with plays as (
    select
        account_id,
        date_id,
        time_id,
        ms_listened,
        is_counted
    from fct_track_played
    where is_music
),

dates as (
    select date_id, year_num, day_of_week, day_of_week_name
    from dim_date
    where date is not null
),

times as (
    select time_id, hour_of_day, time_of_day, time_of_day_sort
    from dim_time
    where hour_of_day is not null
),

accounts as (
    select account_id, account_name
    from dim_account
),

hours_heard as (
    select
        plays.account_id,
        dates.year_num,
        dates.day_of_week,
        times.hour_of_day,
        count(*) as plays,
        count(*) filter (where plays.is_counted) as counted_plays,
        coalesce(cast(sum(plays.ms_listened) as bigint), 0) as ms_listened
    from plays
    inner join dates
        on plays.date_id = dates.date_id
    inner join times
        on plays.time_id = times.time_id
    group by plays.account_id, dates.year_num, dates.day_of_week, times.hour_of_day
),

years_heard as (
    select account_id, year_num
    from hours_heard
    group by account_id, year_num
),

days_of_week as (
    select day_of_week, day_of_week_name
    from dates
    group by day_of_week, day_of_week_name
),

hours as (
    select hour_of_day, time_of_day, time_of_day_sort
    from times
    group by hour_of_day, time_of_day, time_of_day_sort
),

listening_clock as (
    select
        -- ids
        years_heard.account_id,

        -- attributes
        accounts.account_name,
        years_heard.year_num,
        days_of_week.day_of_week,
        days_of_week.day_of_week_name,
        hours.hour_of_day,
        hours.time_of_day,
        hours.time_of_day_sort,

        -- numbers
        coalesce(hours_heard.plays, 0) as plays,
        coalesce(hours_heard.counted_plays, 0) as counted_plays,
        round(coalesce(hours_heard.ms_listened, 0) / 6e4, 1) as minutes_listened
    from years_heard
    cross join days_of_week
    cross join hours
    inner join accounts
        on years_heard.account_id = accounts.account_id
    left join hours_heard
        on years_heard.account_id = hours_heard.account_id
        and years_heard.year_num = hours_heard.year_num
        and days_of_week.day_of_week = hours_heard.day_of_week
        and hours.hour_of_day = hours_heard.hour_of_day
)

select * from listening_clock
