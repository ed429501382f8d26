-- How often is music heard to its end, and how often skipped, month by month?
--
-- Only where it is known: a listen that says nothing of its time is neither finished nor skipped.
-- For single artists see `rpt_artist_loyalty`, for tracks `rpt_track_plays`.
--
-- grain: one row per account and month with music
-- kind:  table
-- key:   account_id, month
-- reads: agg_daily, dim_date, dim_account
-- sort:  account_id, month_start_date
-- tests: between share_finished 0 1
--        between share_skipped 0 1
--        between mean_completion 0 1
-- columns:
--   month  Calendar month (2024-07).
--   plays  Plays of music, whether they count or not.
--   timed_plays  Plays whose time a source reports.
--   skipped_plays  Those that stopped before 30 seconds and before the track's end.
--   share_skipped  The part that these are of timed_plays, 0 to 1.
--   judged_plays  Plays of which it is known whether they ran to the track's end.
--   finished_plays  Those that did.
--   share_finished  The part that these are of judged_plays, 0 to 1.
--   mean_completion  Share of the tracks' length that was heard, 0 to 1, of plays of which both are known.

with days as (
    select
        account_id,
        date_id,
        music_plays,
        estimated_plays,
        unmeasured_plays,
        skipped_plays,
        judged_plays,
        finished_plays,
        heard_ms,
        length_ms
    from agg_daily
    where music_plays > 0
),

dates as (
    select date_id, year_month, month_start_date
    from dim_date
    where date is not null
),

accounts as (
    select account_id, account_name
    from dim_account
),

months as (
    select
        days.account_id,
        dates.year_month as month,
        dates.month_start_date,
        cast(sum(days.music_plays) as bigint) as plays,
        cast(sum(days.music_plays - days.estimated_plays - days.unmeasured_plays) as bigint) as timed_plays,
        cast(sum(days.skipped_plays) as bigint) as skipped_plays,
        cast(sum(days.judged_plays) as bigint) as judged_plays,
        cast(sum(days.finished_plays) as bigint) as finished_plays,
        cast(sum(days.heard_ms) as bigint) as heard_ms,
        cast(sum(days.length_ms) as bigint) as length_ms
    from days
    inner join dates
        on days.date_id = dates.date_id
    group by days.account_id, dates.year_month, dates.month_start_date
),

completion as (
    select
        -- ids
        months.account_id,

        -- attributes
        accounts.account_name,
        months.month,

        -- numbers
        months.plays,
        months.timed_plays,
        months.skipped_plays,
        round(1e0 * months.skipped_plays / nullif(months.timed_plays, 0), 6) as share_skipped,
        months.judged_plays,
        months.finished_plays,
        round(1e0 * months.finished_plays / nullif(months.judged_plays, 0), 6) as share_finished,
        round(1e0 * months.heard_ms / nullif(months.length_ms, 0), 6) as mean_completion,

        -- times
        months.month_start_date
    from months
    inner join accounts
        on months.account_id = accounts.account_id
)

select * from completion
