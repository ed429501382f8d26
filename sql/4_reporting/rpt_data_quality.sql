-- What about the plays of each account is doubtful, missing or estimated?
--
-- One row for each thing that is looked at, with zero where there is nothing to worry about. What is not
-- known about artists and albums is in `rpt_coverage`, what is estimated month by month in
-- `rpt_completeness`.
--
-- grain: one row per account and thing looked at
-- kind:  table
-- key:   account_id, measure
-- reads: fct_track_played, dim_account, int_account_zones_bounded, quality_measures, rpt_gaps,
--        rpt_rejected_rows, rpt_silent_omissions, rpt_trips, rpt_corrected_plays
-- sort:  account_name, account_id, measure_sort
-- tests: not_null account_name, meaning, see, found
--        between share 0 1
--        expression found <= looked_at or looked_at is null
-- columns:
--   see  Table that holds the rows, where there is one.
--   found  How many rows it is true of.
--   looked_at  Of how many rows; empty where that has no number.
--   share  The part that these are, 0 to 1; empty where looked_at is empty or zero.

with accounts as (
    select account_id, account_name
    from dim_account
    where account_id <> 'unknown'
),

zones as (
    select account_id
    from int_account_zones_bounded
    group by account_id
),

plays as (
    select
        account_id,
        count(*) as plays,
        count(*) filter (where is_music) as music_plays,
        count(*) filter (where is_music and track_id = 'unknown') as without_track,
        count(*) filter (where is_music and artist_id = 'unknown') as without_artist,
        count(*) filter (where ms_listened is null) as without_time,
        count(*) filter (where is_estimated and ms_listened is not null) as time_estimated,
        count(*) filter (where is_end_estimated) as end_estimated,
        count(*) filter (where ms_played = 0) as not_heard,
        count(*) filter (where is_music and ms_played > duration_ms + 10000) as longer_than_track,
        count(*) filter (where started_at > ended_at) as starts_after_end
    from fct_track_played
    group by account_id
),

-- Few plays end together, and a moment is compared faster than all else.
moments_told_twice as (
    select ended_at
    from fct_track_played
    where ms_played >= 1000
    group by ended_at
    having count(*) > 1
),

-- An export that has a row twice may mean two plays, but hardly where each was heard for long.
plays_told_twice as (
    select account_id, cast(sum(times - 1) as bigint) as told_twice
    from (
        select plays.account_id, count(*) as times
        from fct_track_played as plays
        semi join moments_told_twice
            on plays.ended_at = moments_told_twice.ended_at
        where plays.ms_played >= 1000
        group by plays.account_id, plays.track_id, plays.ended_at, plays.ms_played
        having count(*) > 1
    ) as plays
    group by account_id
),

plays_of_accounts as (
    select
        accounts.account_id,
        accounts.account_name,
        coalesce(plays.plays, 0) as plays,
        coalesce(plays.music_plays, 0) as music_plays,
        coalesce(plays.without_track, 0) as without_track,
        coalesce(plays.without_artist, 0) as without_artist,
        coalesce(plays.without_time, 0) as without_time,
        coalesce(plays.time_estimated, 0) as time_estimated,
        coalesce(plays.end_estimated, 0) as end_estimated,
        coalesce(plays.not_heard, 0) as not_heard,
        coalesce(plays.longer_than_track, 0) as longer_than_track,
        coalesce(plays.starts_after_end, 0) as starts_after_end,
        coalesce(plays_told_twice.told_twice, 0) as told_twice,
        case when zones.account_id is null then coalesce(plays.plays, 0) else 0 end as without_zone
    from accounts
    left join plays
        on accounts.account_id = plays.account_id
    left join plays_told_twice
        on accounts.account_id = plays_told_twice.account_id
    left join zones
        on accounts.account_id = zones.account_id
),

rows_found as (
    select account_id, 'open_gap' as measure, count(*) as found
    from rpt_gaps
    where state = 'open'
    group by account_id
    union all
    select account_id, 'rejected_row' as measure, count(*) as found
    from rpt_rejected_rows
    group by account_id
    union all
    select account_id, 'silent_omission' as measure, count(*) as found
    from rpt_silent_omissions
    where not coalesce(is_incognito, false)
    group by account_id
    union all
    select account_id, 'unanswered_trip' as measure, count(*) as found
    from rpt_trips
    group by account_id
    union all
    select account_id, 'corrected_play' as measure, count(*) as found
    from rpt_corrected_plays
    group by account_id
),

measures as (
    select measure, measure_sort, of_plays, see, meaning
    from quality_measures
),

measures_of_accounts as (
    select
        plays.account_id,
        plays.account_name,
        measures.measure,
        measures.measure_sort,
        measures.meaning,
        measures.see,
        case measures.measure
            when 'without_track' then plays.without_track
            when 'without_artist' then plays.without_artist
            when 'without_time' then plays.without_time
            when 'time_estimated' then plays.time_estimated
            when 'end_estimated' then plays.end_estimated
            when 'not_heard' then plays.not_heard
            when 'longer_than_track' then plays.longer_than_track
            when 'starts_after_end' then plays.starts_after_end
            when 'told_twice' then plays.told_twice
            when 'without_zone' then plays.without_zone
        end as found,
        case measures.of_plays
            when 'all' then plays.plays
            when 'music' then plays.music_plays
        end as looked_at
    from plays_of_accounts as plays
    cross join measures
),

data_quality as (
    select
        -- ids
        measures.account_id,

        -- attributes
        measures.account_name,
        measures.measure,
        measures.measure_sort,
        measures.meaning,
        measures.see,

        -- numbers
        coalesce(measures.found, rows_found.found, 0) as found,
        measures.looked_at,
        round(1e0 * measures.found / nullif(measures.looked_at, 0), 6) as share
    from measures_of_accounts as measures
    left join rows_found
        on measures.account_id = rows_found.account_id
        and measures.measure = rows_found.measure
)

select * from data_quality
