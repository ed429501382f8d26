-- The local clock of a play is as far from midnight as the play is in truth, but for what clocks were put forward or back on that day.

with plays as (
    select
        zone,
        played_date,
        time_id,
        ended_at
    from fct_track_played
),

days as (
    select zone, played_date
    from plays
    group by zone, played_date
),

midnights as (
    select
        zone,
        played_date,
        unix_millis(to_utc_timestamp(cast(date_add(played_date, -1) as timestamp), zone)) as before_ms,
        unix_millis(to_utc_timestamp(cast(played_date as timestamp), zone)) as start_ms,
        unix_millis(to_utc_timestamp(cast(date_add(played_date, 1) as timestamp), zone)) as end_ms
    from days
),

-- How far a clock may be off: by what the day, or the one before it, is longer or shorter than others.
shifts as (
    select
        zone,
        played_date,
        start_ms,
        abs(end_ms - start_ms - 86400000) as shift_ms,
        abs(start_ms - before_ms - 86400000) as shift_before_ms
    from midnights
),

plays_beside_midnight as (
    select
        plays.zone,
        plays.played_date,
        plays.time_id,
        plays.ended_at,
        shifts.shift_ms,
        shifts.shift_before_ms,
        abs(
            cast(floor(unix_millis(plays.ended_at) / 1000) as bigint)
            - cast(floor(shifts.start_ms / 1000) as bigint)
            - plays.time_id
        ) * 1000 as off_ms
    from plays
    inner join shifts
        on plays.zone = shifts.zone
        and plays.played_date = shifts.played_date
)

select *
from plays_beside_midnight
where off_ms not in (0, shift_ms, shift_before_ms)
