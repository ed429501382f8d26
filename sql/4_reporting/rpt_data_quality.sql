-- What about the plays of each account is doubtful, missing or estimated?
--
-- One row for each thing that is looked at, with zero where there is nothing to worry about. What is not
-- known about artists and albums is in `rpt_coverage`, what is estimated month by month in
-- `rpt_completeness`.
--
-- grain: one row per account and thing looked at
-- kind:  table
-- key:   account_id, measure
-- reads: fct_track_played, dim_account, int_account_zones_bounded, rpt_gaps, rpt_rejected_rows,
--        rpt_silent_omissions, rpt_trips, rpt_corrected_plays
-- sort:  account_name, account_id, measure_sort
-- tests: not_null account_name, meaning, see, found
--        between share 0 1
--        expression found <= looked_at or looked_at is null
-- columns:
--   measure  What is looked at.
--   measure_sort  Order of the measures.
--   meaning  The same in a sentence.
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
        case when zones.account_id is null then coalesce(plays.plays, 0) else 0 end as without_zone
    from accounts
    left join plays
        on accounts.account_id = plays.account_id
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
    select account_id, account_name, 'without_track' as measure, 1 as measure_sort,
        'Plays of music for which no source names the track' as meaning,
        'fct_track_played' as see, without_track as found, music_plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'without_artist' as measure, 2 as measure_sort,
        'Plays of music for which no source names an artist' as meaning,
        'fct_track_played' as see, without_artist as found, music_plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'without_time' as measure, 3 as measure_sort,
        'Plays of which not even an estimate of the time heard is possible' as meaning,
        'fct_track_played' as see, without_time as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'time_estimated' as measure, 4 as measure_sort,
        'Plays whose time heard is estimated' as meaning,
        'fct_track_played' as see, time_estimated as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'end_estimated' as measure, 5 as measure_sort,
        'Plays whose end is estimated, and with it perhaps the day' as meaning,
        'fct_track_played' as see, end_estimated as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'not_heard' as measure, 6 as measure_sort,
        'Plays that were reported with no time at all' as meaning,
        'fct_track_played' as see, not_heard as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'longer_than_track' as measure, 7 as measure_sort,
        'Plays of music reported at least ten seconds longer than the track' as meaning,
        'fct_track_played' as see, longer_than_track as found, music_plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'starts_after_end' as measure, 8 as measure_sort,
        'Plays that were reported to end before they began' as meaning,
        'fct_track_played' as see, starts_after_end as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'without_zone' as measure, 9 as measure_sort,
        'Plays told in UTC, because the account has no time zone' as meaning,
        'dim_account' as see, without_zone as found, plays as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'open_gap' as measure, 10 as measure_sort,
        'Stretches of time in which plays may be missing' as meaning,
        'rpt_gaps' as see, cast(null as bigint) as found, cast(null as bigint) as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'rejected_row' as measure, 11 as measure_sort,
        'Rows of imports that could not be read' as meaning,
        'rpt_rejected_rows' as see, cast(null as bigint) as found, cast(null as bigint) as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'silent_omission' as measure, 12 as measure_sort,
        'Plays that the API of Spotify never listed while it was being watched, private sessions aside' as meaning,
        'rpt_silent_omissions' as see, cast(null as bigint) as found, cast(null as bigint) as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'unanswered_trip' as measure, 13 as measure_sort,
        'Stretches abroad in which the time zone stayed at home' as meaning,
        'rpt_trips' as see, cast(null as bigint) as found, cast(null as bigint) as looked_at
    from plays_of_accounts
    union all
    select account_id, account_name, 'corrected_play' as measure, 14 as measure_sort,
        'Plays that a correction leaves out or gives to somebody else' as meaning,
        'rpt_corrected_plays' as see, cast(null as bigint) as found, cast(null as bigint) as looked_at
    from plays_of_accounts
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
    from measures
    left join rows_found
        on measures.account_id = rows_found.account_id
        and measures.measure = rows_found.measure
)

select * from data_quality
