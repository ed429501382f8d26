-- Every play is in one session: sessions have all plays and minutes of their account, and more silence between them than a session may hold.

with sessions as (
    select
        account_id,
        started_at,
        ended_at,
        lead(started_at) over (partition by account_id order by started_at) as next_started_at,
        plays,
        music_plays,
        counted_plays,
        ms_listened
    from fct_session
),

rules as (
    select session_gap_minutes
    from listening_rules
),

sums as (
    select
        sessions.account_id,
        cast(sum(sessions.plays) as bigint) as plays,
        cast(sum(sessions.music_plays) as bigint) as music_plays,
        cast(sum(sessions.counted_plays) as bigint) as counted_plays,
        cast(sum(sessions.ms_listened) as bigint) as ms_listened,
        count(*) filter (
            where unix_millis(sessions.next_started_at) - unix_millis(sessions.ended_at)
                <= rules.session_gap_minutes * 60000
        ) as sessions_too_close
    from sessions
    cross join rules
    group by sessions.account_id
),

plays as (
    select
        account_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(music_plays) as bigint) as music_plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(music_ms + episode_ms + audiobook_ms) as bigint) as ms_listened
    from agg_daily
    group by account_id
)

select
    coalesce(plays.account_id, sums.account_id) as account_id,
    plays.plays,
    sums.plays as plays_in_sessions,
    plays.counted_plays,
    sums.counted_plays as counted_plays_in_sessions,
    plays.ms_listened,
    sums.ms_listened as ms_listened_in_sessions,
    sums.sessions_too_close
from plays
full outer join sums
    on plays.account_id = sums.account_id
where plays.plays is distinct from sums.plays
    or plays.music_plays is distinct from sums.music_plays
    or plays.counted_plays is distinct from sums.counted_plays
    or plays.ms_listened is distinct from sums.ms_listened
    or sums.sessions_too_close > 0
