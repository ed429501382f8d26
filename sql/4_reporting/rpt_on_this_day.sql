-- What was played on this day, in each of the years?
--
-- Ask for a month and a day of the month: each year with a counted play on that local day has a row.
-- Releases of one recording are one track.
--
-- grain: one row per account and day with a counted play of music
-- kind:  incremental
-- key:   account_id, date
-- recompute: by account_id, date_id through date_id through track_id through artist_id
-- reads: fct_track_played, agg_daily, agg_artist_daily, dim_track, dim_artist, dim_account, dim_date
-- sort:  account_id, month_num, day_of_month, year_num
-- tests: expression top_track_plays <= counted_plays and top_artist_plays <= counted_plays
-- columns:
--   date_id  Key of the local day.
--   date  The local day.
--   top_artist_id  Key of the artist with the most counted plays on that day; of equals, by time heard, then by name. Empty where none is known.
--   top_track_id  Key of the track with the most counted plays on that day, in the same way.
--   top_artist_name  Name of that artist.
--   top_track_name  Title of that track.
--   top_track_artist_name  First artist credited on that track.
--   counted_plays  Plays of music that count by the account's rule.
--   top_artist_plays  Those of that artist.
--   top_track_plays  Those of that track.
--   minutes_listened  Minutes of music heard on that day, reported or estimated.

with plays as (
    select
        account_id,
        date_id,
        track_id,
        ms_listened
    from fct_track_played
    where is_music
        and is_counted
        and track_id <> 'unknown'
),

days as (
    select account_id, date_id, counted_plays, music_ms
    from agg_daily
    where counted_plays > 0
),

artist_days as (
    select
        account_id,
        date_id,
        artist_id,
        counted_plays,
        -- More plays, then more time: in one number, because no artist is heard for a day in a day.
        counted_plays * 100000000000 + ms_listened as score
    from agg_artist_daily
    where counted_plays > 0
        and artist_id <> 'unknown'
),

tracks as (
    select track_id, recording_id, artist_id, track_name
    from dim_track
),

artists as (
    select artist_id, artist_name
    from dim_artist
),

accounts as (
    select account_id, account_name
    from dim_account
),

dates as (
    select date_id, date, year_num, month_num, day_of_month
    from dim_date
    where date is not null
),

track_days as (
    select
        plays.account_id,
        plays.date_id,
        tracks.recording_id,
        min(plays.track_id) as track_id,
        count(*) as counted_plays,
        count(*) * 100000000000 + coalesce(cast(sum(plays.ms_listened) as bigint), 0) as score
    from plays
    inner join tracks
        on plays.track_id = tracks.track_id
    group by plays.account_id, plays.date_id, tracks.recording_id
),

-- Most of a day is heard once: what cannot be first is left out before names are looked up.
best_tracks as (
    select
        account_id,
        date_id,
        max(score) as score
    from track_days
    group by account_id, date_id
),

best_artists as (
    select
        account_id,
        date_id,
        max(score) as score
    from artist_days
    group by account_id, date_id
),

tracks_ranked as (
    select
        track_days.account_id,
        track_days.date_id,
        track_days.track_id,
        tracks.artist_id,
        tracks.track_name,
        track_days.counted_plays,
        row_number() over (
            partition by track_days.account_id, track_days.date_id
            order by tracks.track_name, track_days.track_id
        ) as place
    from track_days
    inner join best_tracks
        on track_days.account_id = best_tracks.account_id
        and track_days.date_id = best_tracks.date_id
        and track_days.score = best_tracks.score
    inner join tracks
        on track_days.track_id = tracks.track_id
),

artists_ranked as (
    select
        artist_days.account_id,
        artist_days.date_id,
        artist_days.artist_id,
        artists.artist_name,
        artist_days.counted_plays,
        row_number() over (
            partition by artist_days.account_id, artist_days.date_id
            order by artists.artist_name, artist_days.artist_id
        ) as place
    from artist_days
    inner join best_artists
        on artist_days.account_id = best_artists.account_id
        and artist_days.date_id = best_artists.date_id
        and artist_days.score = best_artists.score
    inner join artists
        on artist_days.artist_id = artists.artist_id
),

days_described as (
    select
        -- ids
        days.account_id,
        days.date_id,
        artists_ranked.artist_id as top_artist_id,
        tracks_ranked.track_id as top_track_id,

        -- attributes
        accounts.account_name,
        dates.date,
        dates.year_num,
        dates.month_num,
        dates.day_of_month,
        artists_ranked.artist_name as top_artist_name,
        tracks_ranked.track_name as top_track_name,
        track_artists.artist_name as top_track_artist_name,

        -- numbers
        days.counted_plays,
        coalesce(artists_ranked.counted_plays, 0) as top_artist_plays,
        coalesce(tracks_ranked.counted_plays, 0) as top_track_plays,
        round(days.music_ms / 6e4, 1) as minutes_listened
    from days
    inner join dates
        on days.date_id = dates.date_id
    inner join accounts
        on days.account_id = accounts.account_id
    left join artists_ranked
        on days.account_id = artists_ranked.account_id
        and days.date_id = artists_ranked.date_id
        and artists_ranked.place = 1
    left join tracks_ranked
        on days.account_id = tracks_ranked.account_id
        and days.date_id = tracks_ranked.date_id
        and tracks_ranked.place = 1
    left join artists as track_artists
        on tracks_ranked.artist_id = track_artists.artist_id
)

select * from days_described
