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

-- The midnights at both ends. Whoever crossed the date line at midnight may have had one twice, or never.
midnights as (
    select
        calendar.account_id,
        calendar.first_date as date,
        zones.zone,
        zones.valid_from,
        zones.valid_to,
        unix_millis(to_utc_timestamp(cast(calendar.first_date as timestamp), zones.zone)) as midnight_ms
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
    union all
    select
        calendar.account_id,
        calendar.end_date as date,
        zones.zone,
        zones.valid_from,
        zones.valid_to,
        unix_millis(to_utc_timestamp(cast(calendar.end_date as timestamp), zones.zone)) as midnight_ms
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
),

-- Clocks that are put back to midnight show it twice; the day begins with the first.
first_midnights as (
    select
        account_id,
        date,
        max(
            case
                when cast(from_utc_timestamp(timestamp_millis(midnight_ms - 3600000), zone) as date) = date
                    then midnight_ms - 3600000
                else midnight_ms
            end
        ) as midnight_ms
    from midnights
    where midnight_ms >= unix_millis(valid_from)
        and midnight_ms < unix_millis(valid_to)
    group by account_id, date
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
        (last_midnights.midnight_ms - first_midnights.midnight_ms) / 36e5 as hours_passed
    from calendar
    inner join first_midnights
        on calendar.account_id = first_midnights.account_id
        and calendar.first_date = first_midnights.date
    inner join first_midnights as last_midnights
        on calendar.account_id = last_midnights.account_id
        and calendar.end_date = last_midnights.date
    anti join travellers
        on calendar.account_id = travellers.account_id
)

select *
from days_beside_time
where abs(hours - hours_passed) > 0.01
