-- When plays ended whose source tells only the start.
--
-- The start and the length: of the play, else of the track as anyone tells it. Without a length, the
-- next start within ten minutes ends it; without that too, all that is known is the start. A later
-- play never moves an end that rests on a length, so that days do not change when more is known.
--
-- grain: one row per real play whose end no source tells
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_listens, int_plays_merged, int_tracks_described
-- tests: not_null ended_at
-- columns:
--   ms_until_next_start  Milliseconds from the start of the play to the start of the account's next one; empty where none follows.
--   ended_at  When the play ended (UTC), estimated: its start and the length, else the next start within ten minutes, else the start itself.

with listeners as (
    select account_id
    from int_listens
    where clock = 'start'
    group by account_id
),

plays as (
    select
        plays.play_id,
        plays.account_id,
        plays.track_id,
        plays.duration_ms,
        coalesce(plays.time_estimated = 'ended_at', false) or plays.ended_at is null as is_end_estimated,
        unix_millis(coalesce(plays.started_at, plays.ended_at)) as started_ms,
        unix_millis(plays.ended_at) as ended_ms
    from int_plays_merged as plays
    semi join listeners
        on plays.account_id = listeners.account_id
),

plays_before_another as (
    select
        play_id,
        track_id,
        duration_ms,
        is_end_estimated,
        started_ms,
        ended_ms,
        lead(started_ms) over (
            partition by account_id
            order by started_ms, play_id
        ) as next_started_ms
    from plays
),

tracks as (
    select track_id, duration_ms
    from int_tracks_described
),

ends_estimated as (
    select
        -- ids
        plays_before_another.play_id,

        -- numbers
        plays_before_another.next_started_ms - plays_before_another.started_ms as ms_until_next_start,

        -- times
        timestamp_millis(
            case
                when plays_before_another.ended_ms is not null then plays_before_another.ended_ms
                when coalesce(plays_before_another.duration_ms, tracks.duration_ms) is not null
                    then plays_before_another.started_ms
                        + coalesce(plays_before_another.duration_ms, tracks.duration_ms)
                when plays_before_another.next_started_ms - plays_before_another.started_ms <= 600000
                    then plays_before_another.next_started_ms
                else plays_before_another.started_ms
            end
        ) as ended_at
    from plays_before_another
    left join tracks
        on plays_before_another.track_id = tracks.track_id
    where plays_before_another.is_end_estimated
)

select * from ends_estimated
