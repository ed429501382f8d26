-- The local clock of a play is as far from midnight as the play is in truth, but for what clocks were put forward or back on that day.
--
-- recompute: by play_id

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
        unix_millis(to_utc_timestamp(cast(played_date as timestamp), zone)) as start_ms,
        unix_millis(to_utc_timestamp(cast(date_add(played_date, 1) as timestamp), zone)) as end_ms
    from days
),

-- Clocks that are put back to midnight show it twice; the day begins with the first.
first_midnights as (
    select
        zone,
        played_date,
        case
            when cast(from_utc_timestamp(timestamp_millis(start_ms - 3600000), zone) as date) = played_date
                then start_ms - 3600000
            else start_ms
        end as start_ms,
        case
            when cast(from_utc_timestamp(timestamp_millis(end_ms - 3600000), zone) as date) > played_date
                then end_ms - 3600000
            else end_ms
        end as end_ms
    from midnights
),

plays_beside_midnight as (
    select
        plays.zone,
        plays.played_date,
        plays.time_id,
        plays.ended_at,
        -- How far a clock may be off: by what the day is longer or shorter than others.
        abs(first_midnights.end_ms - first_midnights.start_ms - 86400000) as shift_ms,
        first_midnights.end_ms - unix_millis(plays.ended_at) as before_end_ms,
        abs(
            cast(floor(unix_millis(plays.ended_at) / 1000) as bigint)
            - cast(floor(first_midnights.start_ms / 1000) as bigint)
            - plays.time_id
        ) * 1000 as off_ms
    from plays
    inner join first_midnights
        on plays.zone = first_midnights.zone
        and plays.played_date = first_midnights.played_date
)

select *
from plays_beside_midnight
where off_ms not in (0, shift_ms)
    or before_end_ms <= 0
