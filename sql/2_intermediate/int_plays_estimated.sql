-- How long the plays were heard whose source does not say.
--
-- The API tells that a track ended, not how much of it was heard: at most its whole length, and
-- at most the time since the play before it ended.
--
-- grain: one row per real play without a reported listening time
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_plays_resolved, int_tracks_described
-- tests: warn not_null ms_listened

with plays as (
    select
        play_id,
        account_id,
        track_id,
        ms_played,
        duration_ms,
        unix_millis(ended_at) as ended_ms
    from int_plays_resolved
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
        ended_ms - lag(ended_ms) over (
            partition by account_id
            order by ended_ms, play_id
        ) as ms_since_last_end
    from plays
),

plays_estimated as (
    select
        -- ids
        plays_after_another.play_id,

        -- numbers
        case
            when coalesce(plays_after_another.duration_ms, tracks.duration_ms) is null then null
            when plays_after_another.ms_since_last_end
                < coalesce(plays_after_another.duration_ms, tracks.duration_ms)
                then plays_after_another.ms_since_last_end
            else coalesce(plays_after_another.duration_ms, tracks.duration_ms)
        end as ms_listened
    from plays_after_another
    left join tracks
        on plays_after_another.track_id = tracks.track_id
    where plays_after_another.ms_played is null
)

select * from plays_estimated
