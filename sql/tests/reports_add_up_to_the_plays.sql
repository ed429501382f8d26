-- Every report that shares plays out gives all of them out, and none twice.

with plays as (
    select
        account_id,
        cast(sum(music_plays) as bigint) as music_plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(music_plays - unattributed_plays) as bigint) as attributed_plays,
        cast(sum(episode_plays + audiobook_plays) as bigint) as spoken_plays
    from agg_daily
    group by account_id
),

sums as (
    select account_id, 'rpt_artist_plays' as report, 'music' as of_what, 1e0 * sum(plays) as plays
    from rpt_artist_plays
    group by account_id
    union all
    select account_id, 'rpt_hours_by_country' as report, 'music' as of_what, 1e0 * sum(plays) as plays
    from rpt_hours_by_country
    group by account_id
    union all
    select account_id, 'rpt_listening_clock' as report, 'music' as of_what, 1e0 * sum(plays) as plays
    from rpt_listening_clock
    group by account_id
    union all
    select account_id, 'rpt_completeness' as report, 'music' as of_what, 1e0 * sum(plays) as plays
    from rpt_completeness
    group by account_id
    union all
    select account_id, 'rpt_completion' as report, 'music' as of_what, 1e0 * sum(plays) as plays
    from rpt_completion
    group by account_id
    union all
    select account_id, 'rpt_year_in_review' as report, 'counted' as of_what, 1e0 * sum(counted_plays) as plays
    from rpt_year_in_review
    group by account_id
    union all
    select account_id, 'rpt_new_and_known' as report, 'counted' as of_what, 1e0 * sum(counted_plays) as plays
    from rpt_new_and_known
    group by account_id
    union all
    select account_id, 'rpt_on_this_day' as report, 'counted' as of_what, 1e0 * sum(counted_plays) as plays
    from rpt_on_this_day
    group by account_id
    union all
    select account_id, 'rpt_streaks' as report, 'counted' as of_what, 1e0 * sum(counted_plays) as plays
    from rpt_streaks
    group by account_id
    union all
    select account_id, 'rpt_artist_genre_plays' as report, 'counted' as of_what, sum(counted_plays) as plays
    from rpt_artist_genre_plays
    group by account_id
    union all
    select account_id, 'rpt_track_plays' as report, 'attributed' as of_what, 1e0 * sum(plays) as plays
    from rpt_track_plays
    where period = 'all time'
    group by account_id
    union all
    select account_id, 'rpt_track_plays by year' as report, 'attributed' as of_what, 1e0 * sum(plays) as plays
    from rpt_track_plays
    where period <> 'all time'
    group by account_id
    union all
    select account_id, 'rpt_spoken_word' as report, 'spoken' as of_what, 1e0 * sum(plays) as plays
    from rpt_spoken_word
    group by account_id
),

sums_beside_plays as (
    select
        sums.account_id,
        sums.report,
        sums.plays as plays_in_report,
        case sums.of_what
            when 'music' then plays.music_plays
            when 'counted' then plays.counted_plays
            when 'attributed' then plays.attributed_plays
            else plays.spoken_plays
        end as plays,
        -- Shares of plays are rounded, row by row.
        case when sums.report = 'rpt_artist_genre_plays' then 1e-3 else 1e-9 end as tolerance
    from sums
    left join plays
        on sums.account_id = plays.account_id
)

select *
from sums_beside_plays
where plays is null
    or abs(plays_in_report - plays) > 0.5 + tolerance * plays
