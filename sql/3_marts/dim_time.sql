-- The clock: every second of a day.
--
-- grain: one row per second of the day, and one for an unknown time
-- kind:  table
-- key:   time_id
-- tests: between time_id -1 86399
--        accepted time_of_day Night, Morning, Afternoon, Evening, Unknown
-- columns:
--   time_id  Key of the time: the second of the local day, 0 to 86399; -1 where the time is unknown.
--   time  Time as text (17:05:09).
--   time_minute  Time to the minute as text (17:05).
--   hour_of_day  Hour, 0 to 23.
--   minute_of_hour  Minute, 0 to 59.
--   second_of_hour  Second within the hour, 0 to 3599.
--   second_of_minute  Second within the minute, 0 to 59.
--   am_pm  AM before noon, PM from noon on.
--   time_of_day  Night before 6, Morning before 12, Afternoon before 18, then Evening.
--   time_of_day_sort  Order of the times of day, 1 to 4; 5 where unknown.

with seconds as (
    select
        cast(r.i as int) as time_id,
        cast(floor(r.i / 3600) as int) as hour_of_day,
        cast(floor(r.i / 60) % 60 as int) as minute_of_hour,
        cast(r.i % 3600 as int) as second_of_hour,
        cast(r.i % 60 as int) as second_of_minute
    from range(0, 86400) as r(i)
),

seconds_as_text as (
    select
        seconds.*,
        lpad(cast(hour_of_day as string), 2, '0') || ':'
        || lpad(cast(minute_of_hour as string), 2, '0') as time_minute
    from seconds
),

seconds_described as (
    select
        -- ids
        time_id,

        -- attributes
        time_minute || ':' || lpad(cast(second_of_minute as string), 2, '0') as time,
        time_minute,
        hour_of_day,
        minute_of_hour,
        second_of_hour,
        second_of_minute,
        case when hour_of_day < 12 then 'AM' else 'PM' end as am_pm,
        case
            when hour_of_day < 6 then 'Night'
            when hour_of_day < 12 then 'Morning'
            when hour_of_day < 18 then 'Afternoon'
            else 'Evening'
        end as time_of_day,
        cast(floor(hour_of_day / 6) as int) + 1 as time_of_day_sort
    from seconds_as_text
    union all
    select
        -1 as time_id,
        'Unknown' as time,
        'Unknown' as time_minute,
        cast(null as int) as hour_of_day,
        cast(null as int) as minute_of_hour,
        cast(null as int) as second_of_hour,
        cast(null as int) as second_of_minute,
        'Unknown' as am_pm,
        'Unknown' as time_of_day,
        5 as time_of_day_sort
)

select * from seconds_described
