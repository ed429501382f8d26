-- Every report that shares plays out gives all of them out, and none twice.

with artists as (
    select account_id, cast(sum(plays) as bigint) as plays
    from agg_artist_daily
    where artist_id <> 'unknown'
    group by account_id
),

plays as (
    select
        agg_daily.account_id,
        cast(sum(music_plays) as bigint) as music_plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(music_plays - unattributed_plays) as bigint) as attributed_plays,
        cast(sum(episode_plays + audiobook_plays) as bigint) as spoken_plays,
        coalesce(max(artists.plays), 0) as named_plays
    from agg_daily
    left join artists
        on agg_daily.account_id = artists.account_id
    group by agg_daily.account_id
),

sums as (
    select account_id, 'rpt_artist_plays' as report, 1e0 * sum(plays) as plays
    from rpt_artist_plays
    group by account_id
    union all
    select account_id, 'rpt_hours_by_country' as report, 1e0 * sum(plays) as plays
    from rpt_hours_by_country
    group by account_id
    union all
    select account_id, 'rpt_listening_clock' as report, 1e0 * sum(plays) as plays
    from rpt_listening_clock
    group by account_id
    union all
    select account_id, 'rpt_completeness' as report, 1e0 * sum(plays) as plays
    from rpt_completeness
    group by account_id
    union all
    select account_id, 'rpt_completion' as report, 1e0 * sum(plays) as plays
    from rpt_completion
    group by account_id
    union all
    select account_id, 'rpt_listening_calendar' as report, 1e0 * sum(music_plays) as plays
    from rpt_listening_calendar
    group by account_id
    union all
    select account_id, 'rpt_year_in_review' as report, 1e0 * sum(counted_plays) as plays
    from rpt_year_in_review
    group by account_id
    union all
    select account_id, 'rpt_new_and_known' as report, 1e0 * sum(counted_plays) as plays
    from rpt_new_and_known
    group by account_id
    union all
    select account_id, 'rpt_on_this_day' as report, 1e0 * sum(counted_plays) as plays
    from rpt_on_this_day
    group by account_id
    union all
    select account_id, 'rpt_streaks' as report, 1e0 * sum(counted_plays) as plays
    from rpt_streaks
    group by account_id
    union all
    select account_id, 'rpt_artist_genre_plays' as report, sum(counted_plays) as plays
    from rpt_artist_genre_plays
    group by account_id
    union all
    select account_id, 'rpt_top_genres' as report, sum(counted_plays) as plays
    from rpt_top_genres
    where period = 'all time'
    group by account_id
    union all
    select account_id, 'rpt_top_genres by year' as report, sum(counted_plays) as plays
    from rpt_top_genres
    where period <> 'all time'
    group by account_id
    union all
    select account_id, 'rpt_genre_families_by_month' as report, sum(counted_plays) as plays
    from rpt_genre_families_by_month
    group by account_id
    union all
    select account_id, 'rpt_top_artists' as report, 1e0 * sum(plays) as plays
    from rpt_top_artists
    where period = 'all time'
    group by account_id
    union all
    select account_id, 'rpt_top_artists by year' as report, 1e0 * sum(plays) as plays
    from rpt_top_artists
    where period <> 'all time'
    group by account_id
    union all
    select account_id, 'rpt_track_plays' as report, 1e0 * sum(plays) as plays
    from rpt_track_plays
    where period = 'all time'
    group by account_id
    union all
    select account_id, 'rpt_track_plays by year' as report, 1e0 * sum(plays) as plays
    from rpt_track_plays
    where period <> 'all time'
    group by account_id
    union all
    select account_id, 'rpt_spoken_word' as report, 1e0 * sum(plays) as plays
    from rpt_spoken_word
    group by account_id
),

-- Named one by one: a report that lost all its rows is missing, and not silent.
reports as (
    select 'rpt_artist_plays' as report, 'music' as of_what
    union all
    select 'rpt_hours_by_country' as report, 'music' as of_what
    union all
    select 'rpt_listening_clock' as report, 'music' as of_what
    union all
    select 'rpt_completeness' as report, 'music' as of_what
    union all
    select 'rpt_completion' as report, 'music' as of_what
    union all
    select 'rpt_listening_calendar' as report, 'music' as of_what
    union all
    select 'rpt_year_in_review' as report, 'counted' as of_what
    union all
    select 'rpt_new_and_known' as report, 'counted' as of_what
    union all
    select 'rpt_on_this_day' as report, 'counted' as of_what
    union all
    select 'rpt_streaks' as report, 'counted' as of_what
    union all
    select 'rpt_artist_genre_plays' as report, 'counted' as of_what
    union all
    select 'rpt_top_genres' as report, 'counted' as of_what
    union all
    select 'rpt_top_genres by year' as report, 'counted' as of_what
    union all
    select 'rpt_genre_families_by_month' as report, 'counted' as of_what
    union all
    select 'rpt_top_artists' as report, 'named' as of_what
    union all
    select 'rpt_top_artists by year' as report, 'named' as of_what
    union all
    select 'rpt_track_plays' as report, 'attributed' as of_what
    union all
    select 'rpt_track_plays by year' as report, 'attributed' as of_what
    union all
    select 'rpt_spoken_word' as report, 'spoken' as of_what
),

-- Every account in every report: one that a report forgot is missing there.
plays_by_report as (
    select
        plays.account_id,
        reports.report,
        case reports.of_what
            when 'music' then plays.music_plays
            when 'counted' then plays.counted_plays
            when 'attributed' then plays.attributed_plays
            when 'named' then plays.named_plays
            else plays.spoken_plays
        end as plays
    from plays
    cross join reports
),

sums_beside_plays as (
    select
        coalesce(plays_by_report.account_id, sums.account_id) as account_id,
        coalesce(plays_by_report.report, sums.report) as report,
        coalesce(sums.plays, 0) as plays_in_report,
        plays_by_report.plays,
        -- Shares of plays are rounded, row by row.
        case
            when plays_by_report.report like '%genre%' then 1e-3
            else 1e-9
        end as tolerance
    from plays_by_report
    full outer join sums
        on plays_by_report.account_id = sums.account_id
        and plays_by_report.report = sums.report
)

select *
from sums_beside_plays
where plays is null
    or abs(plays_in_report - plays) > 0.5 + tolerance * plays
