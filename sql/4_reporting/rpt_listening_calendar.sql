-- How much was heard on each day, silent days included?
--
-- From an account's first day to its last, every day has a row.
--
-- grain: one row per account and day
-- kind:  table
-- key:   account_id, date
-- reads: agg_daily, dim_date, dim_account
-- sort:  account_id, date
-- tests: expression counted_plays <= music_plays
-- columns:
--   account_id  Key of the account that listened.
--   date  The local day.
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

spans as (
    select
        account_id,
        min(played_date) as first_date,
        max(played_date) as last_date
    from days_heard
    group by account_id
),

calendar as (
    select
        -- ids
        spans.account_id,

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
    from spans
    inner join accounts
        on spans.account_id = accounts.account_id
    inner join dates
        on dates.date between spans.first_date and spans.last_date
    left join days_heard
        on spans.account_id = days_heard.account_id
        and dates.date_id = days_heard.date_id
)

select * from calendar
