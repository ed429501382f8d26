-- What each account heard of each artist on each day, so that a dashboard need not read every play.
--
-- Music alone, by the first artist credited; plays without a known artist are the unknown artist's.
--
-- grain: one row per account, local day and artist heard on it
-- kind:  incremental
-- key:   account_id, date_id, artist_id
-- recompute: by account_id, date_id
-- reads: fct_track_played
-- sort:  account_id, played_date, artist_id
-- split: played_date
-- tests: references account_id dim_account.account_id
--        references date_id dim_date.date_id
--        references artist_id dim_artist.artist_id
--        expression counted_plays <= plays and skipped_plays <= timed_plays and timed_plays <= plays
--        expression finished_plays <= judged_plays and judged_plays <= plays
-- columns:
--   plays  Plays of music, whether they count or not.
--   counted_plays  Plays that count by the account's rule.
--   timed_plays  Plays whose time a source reports.
--   skipped_plays  Those that stopped before 30 seconds and before the track's end.
--   judged_plays  Plays of which it is known whether they ran to the track's end.
--   finished_plays  Those that did.
--   ms_listened  Milliseconds heard, reported or estimated.

with plays as (
    select
        account_id,
        date_id,
        artist_id,
        ms_played,
        ms_listened,
        is_counted,
        is_skip,
        is_finished,
        played_date
    from fct_track_played
    where is_music
),

artist_days as (
    select
        -- ids
        account_id,
        date_id,
        artist_id,

        -- numbers
        count(*) as plays,
        count(*) filter (where is_counted) as counted_plays,
        count(ms_played) as timed_plays,
        count(*) filter (where is_skip) as skipped_plays,
        count(*) filter (where is_finished is not null) as judged_plays,
        count(*) filter (where is_finished) as finished_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened,

        -- times
        max(played_date) as played_date
    from plays
    group by account_id, date_id, artist_id
)

select * from artist_days
