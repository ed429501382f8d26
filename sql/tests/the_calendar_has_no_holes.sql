-- dim_date has every day from the first play to thirty days after the last.

with plays as (
    select
        min(played_date) as first_date,
        date_add(max(played_date), 30) as last_date
    from fct_track_played
),

calendar as (
    select
        count(*) as days,
        min(date) as first_date,
        max(date) as last_date
    from dim_date
    where date is not null
)

select
    calendar.days,
    calendar.first_date,
    calendar.last_date,
    plays.first_date as first_date_wanted,
    plays.last_date as last_date_wanted
from calendar
cross join plays
where plays.first_date is not null
    and (
        calendar.first_date is null
        or calendar.first_date > plays.first_date
        or calendar.last_date < plays.last_date
        or calendar.days <> unix_date(calendar.last_date) - unix_date(calendar.first_date) + 1
    )
