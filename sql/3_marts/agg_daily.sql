-- What each account listened to on each day, so that a dashboard need not read every play.
--
-- Music measures leave episodes and audiobooks out; those have measures of their own.
--
-- grain: one row per account and local day with a play
-- kind:  incremental
-- key:   account_id, date_id
-- recompute: by account_id, date_id
-- reads: fct_track_played
-- sort:  account_id, played_date
-- tests: references account_id dim_account.account_id
--        references date_id dim_date.date_id
--        expression plays = music_plays + episode_plays + audiobook_plays
--        expression counted_plays <= music_plays
--        expression estimated_plays + unmeasured_plays <= music_plays
--        expression finished_plays <= judged_plays and heard_ms <= length_ms
-- columns:
--   plays  Plays of every kind.
--   music_plays  Plays of music, whether they count or not.
--   counted_plays  Plays of music that count by the account's rule.
--   skipped_plays  Plays of music that stopped before 30 seconds and before the track's end.
--   estimated_plays  Plays of music whose time is estimated, because no source reports it.
--   unmeasured_plays  Plays of music of which not even an estimate of the time is possible.
--   judged_plays  Plays of music of which it is known whether they ran to the track's end.
--   finished_plays  Those that did.
--   unattributed_plays  Plays of music for which no source names the track.
--   music_ms  Milliseconds of music heard, reported or estimated.
--   music_ms_estimated  The part of music_ms that is estimated.
--   heard_ms  Milliseconds of music reported as heard, none beyond the track's length, where that is known.
--   length_ms  Milliseconds that the tracks of the same plays are long.
--   artists  Different artists heard, by the first artist credited.
--   tracks  Different tracks heard.
--   episode_plays  Plays of podcast episodes.
--   episode_ms  Milliseconds of podcast episodes heard.
--   audiobook_plays  Plays of audiobook chapters.
--   audiobook_ms  Milliseconds of audiobooks heard.

with plays as (
    select
        account_id,
        date_id,
        artist_id,
        track_id,
        kind,
        ms_played,
        ms_listened,
        duration_ms,
        is_music,
        is_counted,
        is_finished,
        is_skip,
        is_estimated,
        played_date
    from fct_track_played
),

days as (
    select
        -- ids
        account_id,
        date_id,

        -- numbers
        count(*) as plays,
        count(*) filter (where is_music) as music_plays,
        count(*) filter (where is_music and is_counted) as counted_plays,
        count(*) filter (where is_music and is_skip) as skipped_plays,
        count(*) filter (where is_music and is_estimated and ms_listened is not null) as estimated_plays,
        count(*) filter (where is_music and ms_listened is null) as unmeasured_plays,
        count(*) filter (where is_music and is_finished is not null) as judged_plays,
        count(*) filter (where is_music and is_finished) as finished_plays,
        count(*) filter (where is_music and track_id = 'unknown') as unattributed_plays,
        coalesce(cast(sum(ms_listened) filter (where is_music) as bigint), 0) as music_ms,
        coalesce(cast(sum(ms_listened) filter (where is_music and is_estimated) as bigint), 0)
            as music_ms_estimated,
        coalesce(
            cast(
                sum(least(ms_played, duration_ms)) filter (
                    where is_music and ms_played >= 0 and duration_ms > 0
                ) as bigint
            ),
            0
        ) as heard_ms,
        coalesce(
            cast(
                sum(duration_ms) filter (where is_music and ms_played >= 0 and duration_ms > 0)
                as bigint
            ),
            0
        ) as length_ms,
        count(distinct case when is_music and artist_id <> 'unknown' then artist_id end) as artists,
        count(distinct case when is_music and track_id <> 'unknown' then track_id end) as tracks,
        count(*) filter (where kind = 'episode') as episode_plays,
        coalesce(cast(sum(ms_listened) filter (where kind = 'episode') as bigint), 0) as episode_ms,
        count(*) filter (where kind = 'audiobook') as audiobook_plays,
        coalesce(cast(sum(ms_listened) filter (where kind = 'audiobook') as bigint), 0)
            as audiobook_ms,

        -- times
        max(played_date) as played_date
    from plays
    group by account_id, date_id
)

select * from days
