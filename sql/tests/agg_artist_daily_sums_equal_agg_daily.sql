-- What the artists of a day add up to is what the daily table says of its music.
--
-- recompute: by account_id, date_id

with artists as (
    select
        account_id,
        date_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(skipped_plays) as bigint) as skipped_plays,
        cast(sum(finished_plays) as bigint) as finished_plays,
        cast(sum(ms_listened) as bigint) as ms_listened,
        count(*) filter (where artist_id <> 'unknown') as artists
    from agg_artist_daily
    group by account_id, date_id
),

days as (
    select
        account_id,
        date_id,
        music_plays,
        counted_plays,
        skipped_plays,
        finished_plays,
        music_ms,
        artists
    from agg_daily
    where music_plays > 0
)

select
    coalesce(days.account_id, artists.account_id) as account_id,
    coalesce(days.date_id, artists.date_id) as date_id,
    days.music_plays,
    artists.plays,
    days.counted_plays,
    artists.counted_plays as counted_plays_of_artists,
    days.music_ms,
    artists.ms_listened
from days
full outer join artists
    on days.account_id = artists.account_id
    and days.date_id = artists.date_id
where days.music_plays is distinct from artists.plays
    or days.counted_plays is distinct from artists.counted_plays
    or days.skipped_plays is distinct from artists.skipped_plays
    or days.finished_plays is distinct from artists.finished_plays
    or days.music_ms is distinct from artists.ms_listened
    or days.artists is distinct from artists.artists
