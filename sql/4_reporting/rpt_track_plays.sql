-- Which tracks were played, how often, in each year and in all?
--
-- Releases of one recording (the single, the album, what a service put in its place) are one track here,
-- named as the release of it that was played most in the period.
--
-- grain: one row per account, period and recording of music
-- kind:  table
-- key:   account_id, period, recording_id
-- reads: fct_track_played, dim_track, dim_artist, dim_album, dim_account
-- sort:  account_id, period, track_rank
-- tests: between track_rank 1 100000000
--        unique account_id, period, track_rank
--        unique account_id, period, track_id
--        expression counted_plays <= plays and skipped_plays <= plays
-- columns:
--   period  Calendar year as text, or all time.
--   year_num  Calendar year; empty for all time.
--   track_id  Key of the release of the recording that was played most in the period.
--   versions  How many releases of the recording were played.
--   track_rank  Place of the track in the period, by counted plays, then by time, then by name.
--   plays  Plays of the track, whether they count or not.
--   counted_plays  Plays that count by the account's rule.
--   skipped_plays  Plays that stopped before 30 seconds and before the track's end.
--   minutes_listened  Minutes heard, reported or estimated.
--   first_played_date  Local day of the first play in the period.
--   last_played_date  Local day of the last play in the period.

with plays as (
    select
        account_id,
        track_id,
        cast(floor(date_id / 10000) as int) as year_num,
        ms_listened,
        is_counted,
        is_skip,
        played_date
    from fct_track_played
    where is_music
        and track_id <> 'unknown'
),

tracks as (
    select track_id, recording_id, artist_id, album_id, track_name, track_minutes
    from dim_track
),

artists as (
    select artist_id, artist_name
    from dim_artist
),

albums as (
    select album_id, album_name
    from dim_album
),

accounts as (
    select account_id, account_name
    from dim_account
),

tracks_by_year as (
    select
        account_id,
        track_id,
        year_num,
        count(*) as plays,
        count(*) filter (where is_counted) as counted_plays,
        count(*) filter (where is_skip) as skipped_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened,
        min(played_date) as first_played_date,
        max(played_date) as last_played_date
    from plays
    group by account_id, track_id, year_num
),

tracks_by_period as (
    select
        account_id,
        track_id,
        coalesce(cast(year_num as string), 'all time') as period,
        year_num,
        cast(sum(plays) as bigint) as plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(skipped_plays) as bigint) as skipped_plays,
        cast(sum(ms_listened) as bigint) as ms_listened,
        min(first_played_date) as first_played_date,
        max(last_played_date) as last_played_date
    from tracks_by_year
    group by grouping sets ((account_id, track_id, year_num), (account_id, track_id))
),

versions_ranked as (
    select
        tracks_by_period.*,
        tracks.recording_id,
        row_number() over (
            partition by tracks_by_period.account_id, tracks_by_period.period, tracks.recording_id
            order by
                tracks_by_period.counted_plays desc,
                tracks_by_period.ms_listened desc,
                tracks.track_name,
                tracks_by_period.track_id
        ) as choice
    from tracks_by_period
    inner join tracks
        on tracks_by_period.track_id = tracks.track_id
),

recordings_by_period as (
    select
        account_id,
        recording_id,
        period,
        max(year_num) as year_num,
        max(case when choice = 1 then track_id end) as track_id,
        count(*) as versions,
        cast(sum(plays) as bigint) as plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(skipped_plays) as bigint) as skipped_plays,
        cast(sum(ms_listened) as bigint) as ms_listened,
        min(first_played_date) as first_played_date,
        max(last_played_date) as last_played_date
    from versions_ranked
    group by account_id, recording_id, period
),

tracks_ranked as (
    select
        -- ids
        tracks_by_period.account_id,
        tracks_by_period.recording_id,
        tracks_by_period.track_id,
        tracks.artist_id,

        -- attributes
        accounts.account_name,
        tracks_by_period.period,
        tracks_by_period.year_num,
        tracks.track_name,
        artists.artist_name,
        albums.album_name,

        -- numbers
        cast(
            row_number() over (
                partition by tracks_by_period.account_id, tracks_by_period.period
                order by
                    tracks_by_period.counted_plays desc,
                    tracks_by_period.ms_listened desc,
                    tracks.track_name,
                    tracks_by_period.track_id
            ) as int
        ) as track_rank,
        tracks_by_period.versions,
        tracks_by_period.plays,
        tracks_by_period.counted_plays,
        tracks_by_period.skipped_plays,
        tracks.track_minutes,
        round(tracks_by_period.ms_listened / 6e4, 1) as minutes_listened,

        -- times
        tracks_by_period.first_played_date,
        tracks_by_period.last_played_date
    from recordings_by_period as tracks_by_period
    inner join tracks
        on tracks_by_period.track_id = tracks.track_id
    inner join artists
        on tracks.artist_id = artists.artist_id
    inner join albums
        on tracks.album_id = albums.album_id
    inner join accounts
        on tracks_by_period.account_id = accounts.account_id
)

select * from tracks_ranked
