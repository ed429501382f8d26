-- How complete is what is known of each month: what is certain, what is estimated, what is missing?
--
-- Of music. From an account's first month to its last, every month has a row, silent ones too. What is
-- missing is what the gaps that are still open may have held, less what is known from inside them by now;
-- a gap across months is shared among them by the time that lies in each. What a service left out without
-- a trace is not known here: see `rpt_silent_omissions`.
--
-- grain: one row per account and month
-- kind:  table
-- key:   account_id, month
-- reads: agg_daily, rpt_gaps, int_account_zones_bounded, dim_account, dim_date
-- sort:  account_id, month_start_date
-- tests: expression plays = certain_plays + estimated_plays + unmeasured_plays
--        expression minutes_certain <= minutes_listened
--        between share_certain 0 1
--        between share_estimated 0 1
--        between share_missing 0 1
-- columns:
--   account_name  Name of the account.
--   month  Calendar month (2024-07).
--   plays  Plays of music, whether they count or not.
--   certain_plays  Plays whose time a source reports.
--   estimated_plays  Plays whose time is estimated.
--   unmeasured_plays  Plays of which not even an estimate of the time is possible.
--   missing_plays  About how many plays are missing in the gaps that are open.
--   minutes_listened  Minutes of music heard, reported or estimated.
--   minutes_certain  The part of them that is reported.
--   gap_hours  Hours of the month, by the local clock, that lie in gaps that are open.
--   share_certain  The part that certain_plays are of all plays and missing plays, 0 to 1; empty where there are none.
--   share_estimated  The part that estimated and unmeasured plays are of them.
--   share_missing  The part that missing plays are of them.

with days as (
    select
        account_id,
        date_id,
        music_plays,
        estimated_plays,
        unmeasured_plays,
        music_ms,
        music_ms_estimated,
        played_date
    from agg_daily
),

accounts as (
    select account_id, account_name
    from dim_account
),

months as (
    select
        month_start_date,
        year_month,
        cast(unix_date(month_start_date) as bigint) * 86400000 as month_start_ms,
        cast(unix_date(max(month_end_date)) + 1 as bigint) * 86400000 as next_month_start_ms
    from dim_date
    where date is not null
    group by month_start_date, year_month
),

days_with_month as (
    select days.*, dim_date.month_start_date
    from days
    inner join dim_date
        on days.date_id = dim_date.date_id
),

months_heard as (
    select
        account_id,
        month_start_date,
        cast(sum(music_plays) as bigint) as plays,
        cast(sum(estimated_plays) as bigint) as estimated_plays,
        cast(sum(unmeasured_plays) as bigint) as unmeasured_plays,
        cast(sum(music_ms) as bigint) as music_ms,
        cast(sum(music_ms_estimated) as bigint) as music_ms_estimated
    from days_with_month
    group by account_id, month_start_date
),

-- Gaps are few. Their bounds by the local clock, as the days of plays are, in milliseconds since 1970.
gaps as (
    select
        gaps.account_id,
        greatest(gaps.estimated_plays - gaps.plays_filled, 0) as missing_plays,
        unix_millis(from_utc_timestamp(gaps.gap_start, coalesce(zones.zone, 'UTC'))) as gap_start_ms,
        unix_millis(from_utc_timestamp(gaps.gap_end, coalesce(zones.zone, 'UTC'))) as gap_end_ms
    from rpt_gaps as gaps
    left join int_account_zones_bounded as zones
        on gaps.account_id = zones.account_id
        and gaps.gap_end >= zones.valid_from
        and gaps.gap_end < zones.valid_to
    where gaps.state = 'open'
),

gaps_by_month as (
    select
        gaps.account_id,
        months.month_start_date,
        gaps.missing_plays,
        gaps.gap_end_ms - gaps.gap_start_ms as gap_ms,
        least(gaps.gap_end_ms, months.next_month_start_ms) - greatest(gaps.gap_start_ms, months.month_start_ms)
            as gap_ms_in_month
    from gaps
    inner join months
        on gaps.gap_start_ms < months.next_month_start_ms
        and gaps.gap_end_ms > months.month_start_ms
    where gaps.gap_start_ms < gaps.gap_end_ms
),

months_missing as (
    select
        account_id,
        month_start_date,
        cast(sum(gap_ms_in_month) as bigint) as gap_ms,
        sum(1e0 * missing_plays * gap_ms_in_month / gap_ms) as missing_plays
    from gaps_by_month
    group by account_id, month_start_date
),

spans as (
    select
        account_id,
        min(month_start_date) as first_month,
        max(month_start_date) as last_month
    from (
        select account_id, month_start_date from months_heard
        union all
        select account_id, month_start_date from months_missing
    ) as months_known
    group by account_id
),

months_joined as (
    select
        spans.account_id,
        accounts.account_name,
        months.year_month as month,
        months.month_start_date,
        coalesce(months_heard.plays, 0) as plays,
        coalesce(months_heard.estimated_plays, 0) as estimated_plays,
        coalesce(months_heard.unmeasured_plays, 0) as unmeasured_plays,
        coalesce(months_heard.music_ms, 0) as music_ms,
        coalesce(months_heard.music_ms_estimated, 0) as music_ms_estimated,
        round(coalesce(months_missing.missing_plays, 0), 1) as missing_plays,
        coalesce(months_missing.gap_ms, 0) as gap_ms
    from spans
    inner join accounts
        on spans.account_id = accounts.account_id
    inner join months
        on months.month_start_date between spans.first_month and spans.last_month
    left join months_heard
        on spans.account_id = months_heard.account_id
        and months.month_start_date = months_heard.month_start_date
    left join months_missing
        on spans.account_id = months_missing.account_id
        and months.month_start_date = months_missing.month_start_date
),

completeness as (
    select
        -- ids
        account_id,

        -- attributes
        account_name,
        month,

        -- numbers
        plays,
        plays - estimated_plays - unmeasured_plays as certain_plays,
        estimated_plays,
        unmeasured_plays,
        missing_plays,
        round(music_ms / 6e4, 1) as minutes_listened,
        round((music_ms - music_ms_estimated) / 6e4, 1) as minutes_certain,
        round(gap_ms / 36e5, 1) as gap_hours,
        round((plays - estimated_plays - unmeasured_plays) / nullif(plays + missing_plays, 0), 6)
            as share_certain,
        round((estimated_plays + unmeasured_plays) / nullif(plays + missing_plays, 0), 6)
            as share_estimated,
        round(missing_plays / nullif(plays + missing_plays, 0), 6) as share_missing,

        -- times
        month_start_date
    from months_joined
)

select * from completeness
