-- Every local day has the hours that its zone's transitions and the listener's moves give it, counted quarter by quarter.

with calendar as (
    select account_id, date, hours_in_day
    from rpt_listening_calendar
),

zones as (
    select account_id, zone, valid_from, valid_to
    from int_account_zones_bounded
),

-- How far the local clock was from UTC at noon of each day, and a day earlier.
offsets as (
    select
        calendar.account_id,
        calendar.date,
        unix_millis(from_utc_timestamp(cast(calendar.date as timestamp), zones.zone))
        - unix_millis(cast(calendar.date as timestamp)) as offset_ms,
        unix_millis(from_utc_timestamp(cast(date_add(calendar.date, -1) as timestamp), zones.zone))
        - unix_millis(cast(date_add(calendar.date, -1) as timestamp)) as offset_before_ms
    from calendar
    inner join zones
        on calendar.account_id = zones.account_id
        and cast(calendar.date as timestamp) >= zones.valid_from
        and cast(calendar.date as timestamp) < zones.valid_to
),

moves as (
    select account_id, cast(valid_from as date) as date
    from zones
),

-- Days that may have been longer or shorter than others.
days_to_count as (
    select calendar.account_id, calendar.date, calendar.hours_in_day
    from calendar
    inner join (
        select account_id, date from offsets where offset_ms <> offset_before_ms
        union all
        select account_id, date from moves
    ) as changes
        on calendar.account_id = changes.account_id
        and calendar.date between date_add(changes.date, -2) and date_add(changes.date, 2)
    union
    select calendar.account_id, calendar.date, calendar.hours_in_day
    from calendar
    where calendar.hours_in_day <> 24
),

-- Where somebody moves at a moment that is no quarter of an hour, two quarters are cut.
moves_near as (
    select distinct days_to_count.account_id, days_to_count.date
    from days_to_count
    inner join moves
        on days_to_count.account_id = moves.account_id
        and days_to_count.date between date_add(moves.date, -2) and date_add(moves.date, 2)
),

instants as (
    select
        days_to_count.account_id,
        days_to_count.date,
        timestamp_millis(
            cast(unix_date(days_to_count.date) - 2 as bigint) * 86400000
            + cast(quarters.quarter as bigint) * 900000
        ) as at
    from days_to_count
    cross join range(0, 480) as quarters(quarter)
),

quarters_of_the_day as (
    select
        instants.account_id,
        instants.date,
        count(*) as quarters
    from instants
    inner join zones
        on instants.account_id = zones.account_id
        and instants.at >= zones.valid_from
        and instants.at < zones.valid_to
    where cast(from_utc_timestamp(instants.at, zones.zone) as date) = instants.date
    group by instants.account_id, instants.date
),

days_counted as (
    select
        days_to_count.account_id,
        days_to_count.date,
        days_to_count.hours_in_day,
        coalesce(quarters_of_the_day.quarters, 0) / 4e0 as hours_counted,
        case when moves_near.account_id is not null then 0.51 else 0.01 end as tolerance
    from days_to_count
    left join quarters_of_the_day
        on days_to_count.account_id = quarters_of_the_day.account_id
        and days_to_count.date = quarters_of_the_day.date
    left join moves_near
        on days_to_count.account_id = moves_near.account_id
        and days_to_count.date = moves_near.date
)

select account_id, date, hours_in_day, hours_counted
from days_counted
where abs(hours_in_day - hours_counted) > tolerance
