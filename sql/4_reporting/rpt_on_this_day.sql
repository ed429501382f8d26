-- What was played on this day, in each of the years?
--
-- Ask for a month and a day of the month: each year with a counted play on that local day has a row.
--
-- grain: one row per account and day with a counted play of music
-- kind:  table
-- key:   account_id, date
-- reads: fct_track_played, dim_track, dim_artist, dim_account, dim_date
-- sort:  account_id, month_num, day_of_month, year_num
-- tests: expression top_track_plays <= counted_plays and top_artist_plays <= counted_plays
-- columns:
--   account_id  Key of the account that listened.
--   date  The local day.
--   top_artist_id  Key of the artist with the most counted plays on that day; of equals, by time and by name. Empty where none is known.
--   top_track_id  Key of the track with the most counted plays on that day, in the same way.
--   top_artist_name  Name of that artist.
--   top_track_name  Title of that track.
--   top_track_artist_name  First artist credited on that track.
--   counted_plays  Plays of music that count by the account's rule.
--   top_artist_plays  Those of that artist.
--   top_track_plays  Those of that track.
--   minutes_listened  Minutes of these plays, reported or estimated.

with plays as (
    select
        account_id,
        date_id,
        artist_id,
        track_id,
        ms_listened
    from fct_track_played
    where is_music
        and is_counted
),

tracks as (
    select track_id, track_name
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

tracks_by_day as (
    select
        account_id,
        date_id,
        artist_id,
        track_id,
        count(*) as plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened
    from plays
    group by account_id, date_id, artist_id, track_id
),

artists_by_day as (
    select
        account_id,
        date_id,
        artist_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(ms_listened) as bigint) as ms_listened
    from tracks_by_day
    group by account_id, date_id, artist_id
),

days as (
    select
        account_id,
        date_id,
        cast(sum(plays) as bigint) as counted_plays,
        cast(sum(ms_listened) as bigint) as ms_listened
    from artists_by_day
    group by account_id, date_id
),

-- Most of a day is heard once: what cannot be first is left out before names are looked up.
most_plays as (
    select
        account_id,
        date_id,
        max(plays) as plays
    from tracks_by_day
    where track_id <> 'unknown'
    group by account_id, date_id
),

most_ms as (
    select
        tracks_by_day.account_id,
        tracks_by_day.date_id,
        tracks_by_day.plays,
        max(tracks_by_day.ms_listened) as ms_listened
    from tracks_by_day
    inner join most_plays
        on tracks_by_day.account_id = most_plays.account_id
        and tracks_by_day.date_id = most_plays.date_id
        and tracks_by_day.plays = most_plays.plays
    where tracks_by_day.track_id <> 'unknown'
    group by tracks_by_day.account_id, tracks_by_day.date_id, tracks_by_day.plays
),

tracks_ranked as (
    select
        tracks_by_day.account_id,
        tracks_by_day.date_id,
        tracks_by_day.track_id,
        tracks_by_day.artist_id,
        tracks.track_name,
        tracks_by_day.plays,
        row_number() over (
            partition by tracks_by_day.account_id, tracks_by_day.date_id
            order by tracks.track_name, tracks_by_day.track_id
        ) as place
    from tracks_by_day
    inner join most_ms
        on tracks_by_day.account_id = most_ms.account_id
        and tracks_by_day.date_id = most_ms.date_id
        and tracks_by_day.plays = most_ms.plays
        and tracks_by_day.ms_listened = most_ms.ms_listened
    inner join tracks
        on tracks_by_day.track_id = tracks.track_id
    where tracks_by_day.track_id <> 'unknown'
),

artists_ranked as (
    select
        artists_by_day.account_id,
        artists_by_day.date_id,
        artists_by_day.artist_id,
        artists.artist_name,
        artists_by_day.plays,
        row_number() over (
            partition by artists_by_day.account_id, artists_by_day.date_id
            order by
                artists_by_day.plays desc,
                artists_by_day.ms_listened desc,
                artists.artist_name,
                artists_by_day.artist_id
        ) as place
    from artists_by_day
    inner join artists
        on artists_by_day.artist_id = artists.artist_id
    where artists_by_day.artist_id <> 'unknown'
),

days_described as (
    select
        -- ids
        days.account_id,
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
        coalesce(artists_ranked.plays, 0) as top_artist_plays,
        coalesce(tracks_ranked.plays, 0) as top_track_plays,
        round(days.ms_listened / 6e4, 1) as minutes_listened
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
