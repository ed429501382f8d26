-- How long the plays were heard whose source does not say.
--
-- The API tells that a track ended, not how much of it was heard: at most its whole length, and
-- at most the time since the play before it ended. Other programs tell that a track began: it was
-- heard for at most its whole length, and at most until the next play began.
--
-- grain: one row per real play without a reported listening time
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_plays_resolved, int_play_ends_estimated, int_tracks_described
-- tests: warn expression ms_listened is not null or is_end_estimated
-- columns:
--   ms_listened  Milliseconds listened, estimated: the length of the track, cut where another play leaves less time; empty where not even that is possible.

with plays as (
    select
        play_id,
        account_id,
        track_id,
        ms_played,
        duration_ms,
        is_end_estimated,
        unix_millis(started_at) as started_ms,
        unix_millis(ended_at) as ended_ms,
        cast(floor(unix_millis(ended_at) / 86400000) as bigint) as day
    from int_plays_resolved
),

-- Mostly it is only the last days of which no export tells. No play is longer than a day, so the play
-- before ended on the same day or on the one before, or so long ago that it tells nothing.
days_to_look_at as (
    select account_id, day from plays where ms_played is null
    union
    select account_id, day - 1 as day from plays where ms_played is null
),

plays_to_look_at as (
    select plays.*
    from plays
    semi join days_to_look_at
        on plays.account_id = days_to_look_at.account_id
        and plays.day = days_to_look_at.day
),

ends as (
    select play_id, ms_until_next_start
    from int_play_ends_estimated
),

tracks as (
    select track_id, duration_ms
    from int_tracks_described
),

plays_after_another as (
    select
        play_id,
        track_id,
        ms_played,
        duration_ms,
        is_end_estimated,
        ended_ms - started_ms as ms_long,
        -- An end that is itself a guess must not cut the next play short.
        ended_ms - lag(case when is_end_estimated then started_ms else ended_ms end) over (
            partition by account_id
            order by ended_ms, play_id
        ) as ms_since_last_end
    from plays_to_look_at
),

plays_estimated as (
    select
        -- ids
        plays_after_another.play_id,

        -- numbers
        case
            when plays_after_another.is_end_estimated
                and coalesce(
                    plays_after_another.duration_ms,
                    tracks.duration_ms,
                    nullif(plays_after_another.ms_long, 0)
                ) is null then null
            when plays_after_another.is_end_estimated
                then least(
                    coalesce(
                        plays_after_another.duration_ms,
                        tracks.duration_ms,
                        nullif(plays_after_another.ms_long, 0)
                    ),
                    coalesce(
                        ends.ms_until_next_start,
                        plays_after_another.duration_ms,
                        tracks.duration_ms,
                        nullif(plays_after_another.ms_long, 0)
                    )
                )
            when coalesce(plays_after_another.duration_ms, tracks.duration_ms) is null then null
            when plays_after_another.ms_since_last_end
                < coalesce(plays_after_another.duration_ms, tracks.duration_ms)
                then plays_after_another.ms_since_last_end
            else coalesce(plays_after_another.duration_ms, tracks.duration_ms)
        end as ms_listened,

        -- booleans
        plays_after_another.is_end_estimated
    from plays_after_another
    left join tracks
        on plays_after_another.track_id = tracks.track_id
    left join ends
        on plays_after_another.play_id = ends.play_id
    where plays_after_another.ms_played is null
)

select * from plays_estimated
