-- The hours of an account's local days add up to the time that passed from the first midnight to the last: no hour is in two days, none in no day.

with calendar as (
    select
        account_id,
        min(date) as first_date,
        date_add(max(date), 1) as end_date,
        sum(hours_in_day) as hours
    from rpt_listening_calendar
    group by account_id
),

zones as (
    select account_id, zone, valid_from, valid_to
    from int_account_zones_bounded
),

-- Whoever crossed the date line at midnight may have had that midnight twice, or never.
first_midnights as (
    select
        calendar.account_id,
        min(to_utc_timestamp(cast(calendar.first_date as timestamp), zones.zone)) as midnight_at
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
        and unix_millis(to_utc_timestamp(cast(calendar.first_date as timestamp), zones.zone))
            >= unix_millis(zones.valid_from)
        and unix_millis(to_utc_timestamp(cast(calendar.first_date as timestamp), zones.zone))
            < unix_millis(zones.valid_to)
    group by calendar.account_id
    having count(*) = 1
),

last_midnights as (
    select
        calendar.account_id,
        min(to_utc_timestamp(cast(calendar.end_date as timestamp), zones.zone)) as midnight_at
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
        and unix_millis(to_utc_timestamp(cast(calendar.end_date as timestamp), zones.zone))
            >= unix_millis(zones.valid_from)
        and unix_millis(to_utc_timestamp(cast(calendar.end_date as timestamp), zones.zone))
            < unix_millis(zones.valid_to)
    group by calendar.account_id
    having count(*) = 1
),

-- Whoever travelled within days of either end may have had hours on days that the calendar does not reach.
travellers as (
    select calendar.account_id
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
    where abs(unix_date(cast(zones.valid_from as date)) - unix_date(calendar.first_date)) <= 3
        or abs(unix_date(cast(zones.valid_from as date)) - unix_date(calendar.end_date)) <= 3
    group by calendar.account_id
),

days_beside_time as (
    select
        calendar.account_id,
        calendar.hours,
        (unix_millis(last_midnights.midnight_at) - unix_millis(first_midnights.midnight_at)) / 36e5 as hours_passed
    from calendar
    inner join first_midnights
        on calendar.account_id = first_midnights.account_id
    inner join last_midnights
        on calendar.account_id = last_midnights.account_id
    anti join travellers
        on calendar.account_id = travellers.account_id
)

select *
from days_beside_time
where abs(hours - hours_passed) > 0.01
