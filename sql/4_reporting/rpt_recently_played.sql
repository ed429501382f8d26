-- What was played lately, play by play, with everything by name?
--
-- Plays of every kind on the thirty local days that end with each account's newest play. Ask for the last
-- 24 hours with `ended_at`: the tables know no now.
--
-- grain: one row per play on the account's last thirty days
-- kind:  table
-- key:   play_id
-- reads: fct_track_played, agg_daily, dim_track, dim_artist, dim_album, dim_context, dim_account, dim_time
-- sort:  account_id, ended_at
-- tests: not_null account_name, track_name, artist_name, album_name, ended_at
-- columns:
--   play_id  Key of the play.
--   context_kind  What it was played from: album, artist, playlist, collection (saved songs), show or other; unknown where no source told it.
--   context_name  Name of that, where any source tells one.
--   played_time  Local time at which the play ended, as text (17:05:09).
--   ended_local  Local time at which the play ended, with its day.
--   minutes_listened  Minutes heard, reported or estimated; empty where unknown.

with newest_days as (
    select
        account_id,
        max(played_date) as newest_date
    from agg_daily
    group by account_id
),

-- By name, so that older plays are not even read.
recent_days as (
    select days.account_id, days.date_id
    from agg_daily as days
    inner join newest_days
        on days.account_id = newest_days.account_id
        and unix_date(days.played_date) > unix_date(newest_days.newest_date) - 30
),

plays as (
    select
        plays.play_id,
        plays.account_id,
        plays.track_id,
        plays.artist_id,
        plays.album_id,
        plays.context_id,
        plays.time_id,
        plays.kind,
        plays.source,
        plays.client,
        plays.platform,
        plays.zone,
        plays.ms_listened,
        plays.completion,
        plays.is_music,
        plays.is_counted,
        plays.is_skip,
        plays.is_estimated,
        plays.played_date,
        plays.started_at,
        plays.ended_at
    from fct_track_played as plays
    inner join recent_days
        on plays.account_id = recent_days.account_id
        and plays.date_id = recent_days.date_id
),

tracks as (
    select track_id, track_name, track_popularity
    from dim_track
),

artists as (
    select artist_id, artist_name, primary_genre
    from dim_artist
),

albums as (
    select album_id, album_name
    from dim_album
),

contexts as (
    select context_id, context_kind, context_name
    from dim_context
),

accounts as (
    select account_id, account_name
    from dim_account
),

times as (
    select time_id, time
    from dim_time
),

recent_plays as (
    select
        -- ids
        plays.play_id,
        plays.account_id,
        plays.track_id,
        plays.artist_id,
        plays.album_id,
        plays.context_id,

        -- attributes
        accounts.account_name,
        tracks.track_name,
        artists.artist_name,
        albums.album_name,
        artists.primary_genre,
        plays.kind,
        plays.source,
        plays.client,
        plays.platform,
        contexts.context_kind,
        contexts.context_name,

        -- numbers
        round(plays.ms_listened / 6e4, 2) as minutes_listened,
        plays.completion,
        tracks.track_popularity,

        -- booleans
        plays.is_music,
        plays.is_counted,
        plays.is_skip,
        plays.is_estimated,

        -- times
        plays.played_date,
        times.time as played_time,
        cast(from_utc_timestamp(plays.ended_at, plays.zone) as timestamp_ntz) as ended_local,
        plays.started_at,
        plays.ended_at
    from plays
    inner join tracks
        on plays.track_id = tracks.track_id
    inner join artists
        on plays.artist_id = artists.artist_id
    inner join albums
        on plays.album_id = albums.album_id
    inner join contexts
        on plays.context_id = contexts.context_id
    inner join accounts
        on plays.account_id = accounts.account_id
    inner join times
        on plays.time_id = times.time_id
)

select * from recent_plays
