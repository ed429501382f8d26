-- Listening without a long silence: what was played in one go.
--
-- A session goes on while the next play begins within the minutes of `listening_rules` (30) after all
-- before it have ended, whatever is played and on whichever device; one account has no two sessions at
-- once. Its day and its time are those of its first play, which count from the end of that play as they
-- do everywhere. When a play arrives late, sessions may grow, meet and become one.
--
-- grain: one row per account and session
-- kind:  incremental
-- key:   session_id
-- recompute: by account_id
-- reads: fct_track_played, listening_rules
-- sort:  account_id, started_at
-- split: played_date
-- tests: not_null account_id, date_id, time_id, started_at, ended_at
--        unique account_id, started_at
--        references account_id dim_account.account_id
--        references date_id dim_date.date_id
--        references time_id dim_time.time_id
--        expression started_at <= ended_at
--        expression plays = music_plays + episode_plays + audiobook_plays
--        expression counted_plays <= music_plays and skipped_plays <= music_plays
--        expression ms_listened_estimated <= ms_listened
-- columns:
--   session_id  Key of the session: the account and the instant at which it began, in milliseconds since 1970.
--   date_id  Key of the local day on which its first play ended.
--   time_id  Key of the local time at which its first play ended.
--   plays  Plays of every kind.
--   music_plays  Plays of music, whether they count or not.
--   counted_plays  Plays of music that count by the account's rule.
--   skipped_plays  Plays of music that stopped before 30 seconds and before the track's end.
--   episode_plays  Plays of podcast episodes.
--   audiobook_plays  Plays of audiobook chapters.
--   ms_listened  Milliseconds heard, of every kind, reported or estimated.
--   ms_listened_estimated  The part of it that is estimated.
--   music_ms  The part of ms_listened that is music.
--   duration_ms  Milliseconds from the beginning of the session to its end, silence included.
--   played_date  Local day on which its first play ended.
--   started_at  When its first play began (UTC).
--   ended_at  When its last play ended (UTC).

with rules as (
    select cast(session_gap_minutes as bigint) * 60000 as session_gap_ms
    from listening_rules
),

plays as (
    select
        account_id,
        date_id,
        time_id,
        kind,
        ms_listened,
        is_music,
        is_counted,
        is_skip,
        is_estimated,
        played_date,
        least(started_at, ended_at) as started_at,
        ended_at
    from fct_track_played
),

-- Plays that begin within one such stretch of time are never silence apart: they are few rows from here on.
stretches as (
    select
        plays.account_id,
        floor(unix_millis(plays.started_at) / rules.session_gap_ms) as stretch,
        min(plays.ended_at) as first_ended_at,
        -- Of plays that end at the same instant, the day and the time are the same too.
        min_by(plays.date_id, plays.ended_at) as date_id,
        min_by(plays.time_id, plays.ended_at) as time_id,
        min_by(plays.played_date, plays.ended_at) as played_date,
        count(*) as plays,
        count(*) filter (where plays.is_music) as music_plays,
        count(*) filter (where plays.is_music and plays.is_counted) as counted_plays,
        count(*) filter (where plays.is_music and plays.is_skip) as skipped_plays,
        count(*) filter (where plays.kind = 'episode') as episode_plays,
        count(*) filter (where plays.kind = 'audiobook') as audiobook_plays,
        sum(plays.ms_listened) as ms_listened,
        sum(plays.ms_listened) filter (where plays.is_estimated) as ms_listened_estimated,
        sum(plays.ms_listened) filter (where plays.is_music) as music_ms,
        min(plays.started_at) as started_at,
        max(plays.ended_at) as ended_at,
        max(rules.session_gap_ms) as session_gap_ms
    from plays
    cross join rules
    group by plays.account_id, floor(unix_millis(plays.started_at) / rules.session_gap_ms)
),

-- Plays overlap: what counts is the last end of all that began before.
stretches_after_others as (
    select
        stretches.*,
        max(ended_at) over (
            partition by account_id
            order by stretch
            rows between unbounded preceding and 1 preceding
        ) as silent_since
    from stretches
),

stretches_numbered as (
    select
        stretches_after_others.*,
        sum(
            case when unix_millis(started_at) - unix_millis(silent_since) <= session_gap_ms then 0 else 1 end
        ) over (
            partition by account_id
            order by stretch
            rows between unbounded preceding and current row
        ) as session_number
    from stretches_after_others
),

sessions as (
    select
        account_id,
        session_number,
        min_by(date_id, first_ended_at) as date_id,
        min_by(time_id, first_ended_at) as time_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(music_plays) as bigint) as music_plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(skipped_plays) as bigint) as skipped_plays,
        cast(sum(episode_plays) as bigint) as episode_plays,
        cast(sum(audiobook_plays) as bigint) as audiobook_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened,
        coalesce(cast(sum(ms_listened_estimated) as bigint), 0) as ms_listened_estimated,
        coalesce(cast(sum(music_ms) as bigint), 0) as music_ms,
        min_by(played_date, first_ended_at) as played_date,
        min(started_at) as started_at,
        max(ended_at) as ended_at
    from stretches_numbered
    group by account_id, session_number
),

sessions_measured as (
    select
        -- ids
        account_id || ':' || cast(unix_millis(started_at) as string) as session_id,
        account_id,
        date_id,
        time_id,

        -- numbers
        plays,
        music_plays,
        counted_plays,
        skipped_plays,
        episode_plays,
        audiobook_plays,
        ms_listened,
        ms_listened_estimated,
        music_ms,
        unix_millis(ended_at) - unix_millis(started_at) as duration_ms,

        -- times
        played_date,
        started_at,
        ended_at
    from sessions
)

select * from sessions_measured
