-- What the daily table says of an account and a day equals what the plays of that day say.
--
-- recompute: by account_id, date_id

with days as (
    select
        account_id,
        date_id,
        plays,
        music_plays,
        counted_plays,
        music_ms + episode_ms + audiobook_ms as ms_listened
    from agg_daily
),

plays as (
    select
        account_id,
        date_id,
        cast(sum(tracks_played) as bigint) as plays,
        count(*) filter (where is_music) as music_plays,
        count(*) filter (where is_music and is_counted) as counted_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened
    from fct_track_played
    group by account_id, date_id
)

select
    coalesce(days.account_id, plays.account_id) as account_id,
    coalesce(days.date_id, plays.date_id) as date_id,
    days.plays as plays_by_day,
    plays.plays,
    days.music_plays as music_plays_by_day,
    plays.music_plays,
    days.counted_plays as counted_plays_by_day,
    plays.counted_plays,
    days.ms_listened as ms_listened_by_day,
    plays.ms_listened
from days
full outer join plays
    on days.account_id = plays.account_id
    and days.date_id = plays.date_id
where days.plays is distinct from plays.plays
    or days.music_plays is distinct from plays.music_plays
    or days.counted_plays is distinct from plays.counted_plays
    or days.ms_listened is distinct from plays.ms_listened
