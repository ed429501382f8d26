-- Days: from the first day anyone listened to thirty days after the last.
--
-- grain: one row per day, and one for an unknown day
-- kind:  table
-- key:   date_id
-- reads: int_plays_resolved
-- tests: unique date
--        between day_of_week 1 7
--        between week_of_year 1 53
-- columns:
--   date_id  Key of the day: its date as a number (20240517); -1 where the day is unknown.
--   date  The day.
--   day_of_week  Day of the ISO week: 1 is Monday, 7 is Sunday.
--   day_of_week_name  Name of the day of the week, in English.
--   week_of_year  ISO week, 1 to 53; belongs to iso_year, not to year_num.
--   iso_year  Year that the ISO week belongs to.
--   iso_week  ISO year and week as text, sorts by time (2024-W20).
--   year_num  Calendar year.
--   year_text  Calendar year as text.
--   quarter  Quarter of the calendar year, 1 to 4.
--   month_num  Month, 1 to 12.
--   month_name  Name of the month, in English.
--   year_month  Year and month as text, sorts by time (2024-05).
--   day_of_month  Day of the month, 1 to 31.
--   day_of_year  Day of the year, 1 to 366.
--   is_weekend  True on Saturday and Sunday.
--   week_start_date  Monday of the ISO week.
--   month_start_date  First day of the month.
--   month_end_date  Last day of the month.
--   year_start_date  First day of the calendar year.
--   year_end_date  Last day of the calendar year.

with bounds as (
    select
        min(played_date) as first_date,
        unix_date(max(played_date)) - unix_date(min(played_date)) + 30 as days_after
    from int_plays_resolved
),

-- Enough days for any history; those after the last one fall away.
day_numbers as (
    select cast(r.i as int) as day_number
    from range(0, 200000) as r(i)
),

days as (
    select date_add(bounds.first_date, day_numbers.day_number) as date
    from day_numbers
    inner join bounds
        on day_numbers.day_number <= bounds.days_after
),

days_numbered as (
    select
        date,
        cast(pmod(unix_date(date) + 3, 7) + 1 as int) as day_of_week,
        cast(weekofyear(date) as int) as week_of_year,
        -- The Thursday of a week decides the year that the week belongs to.
        cast(year(date_add(date, cast(3 - pmod(unix_date(date) + 3, 7) as int))) as int) as iso_year,
        cast(year(date) as int) as year_num,
        cast(quarter(date) as int) as quarter,
        cast(month(date) as int) as month_num,
        cast(day(date) as int) as day_of_month,
        cast(dayofyear(date) as int) as day_of_year
    from days
),

days_described as (
    select
        -- ids
        year_num * 10000 + month_num * 100 + day_of_month as date_id,

        -- attributes
        date,
        day_of_week,
        case day_of_week
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as day_of_week_name,
        week_of_year,
        iso_year,
        cast(iso_year as string) || '-W' || lpad(cast(week_of_year as string), 2, '0') as iso_week,
        year_num,
        cast(year_num as string) as year_text,
        quarter,
        month_num,
        case month_num
            when 1 then 'January'
            when 2 then 'February'
            when 3 then 'March'
            when 4 then 'April'
            when 5 then 'May'
            when 6 then 'June'
            when 7 then 'July'
            when 8 then 'August'
            when 9 then 'September'
            when 10 then 'October'
            when 11 then 'November'
            else 'December'
        end as month_name,
        substr(cast(date as string), 1, 7) as year_month,
        day_of_month,
        day_of_year,

        -- booleans
        day_of_week >= 6 as is_weekend,

        -- times
        date_add(date, 1 - day_of_week) as week_start_date,
        make_date(year_num, month_num, 1) as month_start_date,
        last_day(date) as month_end_date,
        make_date(year_num, 1, 1) as year_start_date,
        make_date(year_num, 12, 31) as year_end_date
    from days_numbered
    union all
    select
        -1 as date_id,
        cast(null as date) as date,
        cast(null as int) as day_of_week,
        'Unknown' as day_of_week_name,
        cast(null as int) as week_of_year,
        cast(null as int) as iso_year,
        'Unknown' as iso_week,
        cast(null as int) as year_num,
        'Unknown' as year_text,
        cast(null as int) as quarter,
        cast(null as int) as month_num,
        'Unknown' as month_name,
        'Unknown' as year_month,
        cast(null as int) as day_of_month,
        cast(null as int) as day_of_year,
        cast(null as boolean) as is_weekend,
        cast(null as date) as week_start_date,
        cast(null as date) as month_start_date,
        cast(null as date) as month_end_date,
        cast(null as date) as year_start_date,
        cast(null as date) as year_end_date
)

select * from days_described
