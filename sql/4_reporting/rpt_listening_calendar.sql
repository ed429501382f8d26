-- How much was heard on each day, silent days included?
--
-- From an account's first day to its last, every day has a row. How long a day was is a matter of the
-- zones that the account was in: 23 or 25 hours where clocks change, and none where the date line moved
-- or was crossed and the day never was.
--
-- grain: one row per account and day
-- kind:  table
-- key:   account_id, date
-- reads: agg_daily, dim_date, dim_account, int_account_zones_bounded
-- sort:  account_id, date
-- tests: expression counted_plays <= music_plays
--        between hours_in_day 0 72
-- columns:
--   date  The local day.
--   hours_in_day  Hours that the day had where the account was.
--   music_minutes  Minutes of music heard, reported or estimated.
--   episode_minutes  Minutes of podcast episodes heard.
--   audiobook_minutes  Minutes of audiobooks heard.

with days_heard as (
    select
        account_id,
        date_id,
        plays,
        music_plays,
        counted_plays,
        skipped_plays,
        music_ms,
        artists,
        tracks,
        episode_ms,
        audiobook_ms,
        played_date
    from agg_daily
),

dates as (
    select
        date_id,
        date,
        day_of_week,
        week_of_year,
        iso_year,
        year_num,
        month_num,
        day_of_month,
        week_start_date
    from dim_date
    where date is not null
),

accounts as (
    select account_id, account_name
    from dim_account
),

zones as (
    select account_id, zone, valid_from, valid_to
    from int_account_zones_bounded
),

spans as (
    select
        account_id,
        min(played_date) as first_date,
        max(played_date) as last_date
    from days_heard
    group by account_id
),

days as (
    select
        spans.account_id,
        dates.date_id,
        dates.date
    from spans
    inner join dates
        on dates.date between spans.first_date and spans.last_date
),

-- In which zones a day can have been: few, so that the clock is asked seldom.
days_by_zone as (
    select
        days.account_id,
        days.date_id,
        days.date,
        zones.zone,
        zones.valid_from,
        zones.valid_to,
        unix_millis(to_utc_timestamp(cast(days.date as timestamp), zones.zone)) as midnight_ms,
        unix_millis(to_utc_timestamp(cast(date_add(days.date, 1) as timestamp), zones.zone)) as next_midnight_ms
    from days
    inner join zones
        on days.account_id = zones.account_id
        and unix_date(days.date) >= unix_date(cast(zones.valid_from as date)) - 2
        and unix_date(days.date) <= unix_date(cast(zones.valid_to as date)) + 2
),

-- Where clocks are put back to midnight (Havana), it comes twice. A day begins with the first.
days_bounded as (
    select
        account_id,
        date_id,
        midnight_ms - case
            when cast(from_utc_timestamp(timestamp_millis(midnight_ms - 3600000), zone) as date) = date
                then 3600000
            else 0
        end as day_start_ms,
        next_midnight_ms - case
            when cast(from_utc_timestamp(timestamp_millis(next_midnight_ms - 3600000), zone) as date) > date
                then 3600000
            else 0
        end as day_end_ms,
        unix_millis(valid_from) as valid_from_ms,
        unix_millis(valid_to) as valid_to_ms
    from days_by_zone
),

day_lengths as (
    select
        account_id,
        date_id,
        cast(
            sum(
                greatest(least(day_end_ms, valid_to_ms) - greatest(day_start_ms, valid_from_ms), 0)
            ) as bigint
        ) as day_ms
    from days_bounded
    group by account_id, date_id
),

calendar as (
    select
        -- ids
        days.account_id,

        -- attributes
        accounts.account_name,
        dates.date,
        dates.day_of_week,
        dates.week_of_year,
        dates.iso_year,
        dates.year_num,
        dates.month_num,
        dates.day_of_month,

        -- numbers
        -- An account without a zone is told in UTC.
        round(coalesce(day_lengths.day_ms, 86400000) / 36e5, 4) as hours_in_day,
        coalesce(days_heard.plays, 0) as plays,
        coalesce(days_heard.music_plays, 0) as music_plays,
        coalesce(days_heard.counted_plays, 0) as counted_plays,
        coalesce(days_heard.skipped_plays, 0) as skipped_plays,
        coalesce(days_heard.artists, 0) as artists,
        coalesce(days_heard.tracks, 0) as tracks,
        round(coalesce(days_heard.music_ms, 0) / 6e4, 1) as music_minutes,
        round(coalesce(days_heard.episode_ms, 0) / 6e4, 1) as episode_minutes,
        round(coalesce(days_heard.audiobook_ms, 0) / 6e4, 1) as audiobook_minutes,

        -- times
        dates.week_start_date
    from days
    inner join accounts
        on days.account_id = accounts.account_id
    inner join dates
        on days.date_id = dates.date_id
    left join day_lengths
        on days.account_id = day_lengths.account_id
        and days.date_id = day_lengths.date_id
    left join days_heard
        on days.account_id = days_heard.account_id
        and days.date_id = days_heard.date_id
)

select * from calendar
