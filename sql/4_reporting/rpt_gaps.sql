-- When may plays be missing, and which gaps did an import fill?
--
-- Spotify lists the newest fifty plays only. A poll that did not know the oldest of them leaves a gap
-- behind it, unless that play began where the last one ended; it may be empty.
-- Where an import covers a part of it, that part is closed and the rest stays a gap. Plays that a person
-- left out or gave to somebody else are not missing: they fill the gap of the account that told them.
--
-- grain: one row per gap, or per part of one that is covered or is not
-- kind:  table
-- key:   account_id, source, noticed_end, gap_end
-- reads: stg_tracker__gaps, stg_tracker__accounts, int_plays_resolved, rpt_corrected_plays
-- sort:  gap_start, account_name
-- tests: accepted state open, closed
-- columns:
--   account_id  Key of the account.
--   account_name  Name of the account; its key where it is no longer set up.
--   state  open, or closed where an import covers it.
--   closed_by  The import that covers it.
--   estimated_plays  About how many plays are missing, by how much this person listens.
--   plays_filled  Plays of music known by now from inside the gap.
--   hours  How long the gap is, in hours.

with gaps as (
    select * from stg_tracker__gaps
),

plays as (
    select
        plays.account_id,
        plays.kind,
        plays.ended_at
    from int_plays_resolved as plays
    semi join gaps
        on plays.account_id = gaps.account_id
    anti join rpt_corrected_plays as corrected
        on plays.play_id = corrected.play_id
    union all
    select account_id, kind, ended_at
    from rpt_corrected_plays
),

plays_by_gap as (
    select
        gaps.account_id,
        gaps.source,
        gaps.noticed_end,
        gaps.gap_end,
        count(*) as plays_filled
    from gaps
    inner join plays
        on gaps.account_id = plays.account_id
        and plays.ended_at > gaps.noticed_start
        and plays.ended_at < gaps.noticed_end
        -- The list has nothing else, so nothing else is missing.
        and plays.kind not in ('episode', 'audiobook')
        -- The plays with which an import begins and ends are its own.
        and plays.ended_at >= gaps.gap_start
        and plays.ended_at <= gaps.gap_end
        and (
            gaps.closed_by is not null
            or (plays.ended_at > gaps.gap_start and plays.ended_at < gaps.gap_end)
        )
    group by gaps.account_id, gaps.source, gaps.noticed_end, gaps.gap_end
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

gaps_described as (
    select
        -- ids
        gaps.account_id,
        gaps.run_id,

        -- attributes
        coalesce(accounts.account_name, gaps.account_id) as account_name,
        gaps.source,
        case when gaps.closed_by is null then 'open' else 'closed' end as state,
        gaps.closed_by,

        -- numbers
        gaps.estimated_plays,
        coalesce(plays_by_gap.plays_filled, 0) as plays_filled,
        round((unix_millis(gaps.gap_end) - unix_millis(gaps.gap_start)) / 36e5, 1) as hours,

        -- times
        gaps.noticed_start,
        gaps.noticed_end,
        gaps.gap_start,
        gaps.gap_end,
        gaps.detected_at
    from gaps
    left join plays_by_gap
        on gaps.account_id = plays_by_gap.account_id
        and gaps.source = plays_by_gap.source
        and gaps.noticed_end = plays_by_gap.noticed_end
        and gaps.gap_end = plays_by_gap.gap_end
    left join accounts
        on gaps.account_id = accounts.account_id
)

select * from gaps_described
