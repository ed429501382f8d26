-- How much of what is heard is new, month by month?
--
-- An artist or track is new in the month of its first play that counts; in an account's first months
-- nearly everything is. By counted plays of music; plays of an unknown artist are neither new nor known,
-- and are in counted_plays alone. Releases of one recording are one track: what a service put in its
-- place is not new.
--
-- grain: one row per account and month with a counted play of music
-- kind:  table
-- key:   account_id, month
-- reads: fct_track_played, dim_track, dim_account
-- sort:  account_id, month_start_date
-- tests: expression counted_plays >= plays_of_new_artists + plays_of_known_artists
--        expression new_artists <= artists and new_tracks <= tracks
--        between share_of_new_artists 0 1
-- columns:
--   month  Calendar month (2024-07), in local time.
--   year_num  Calendar year, in local time.
--   counted_plays  Plays of music that count by the account's rule.
--   artists  Different artists of these plays, by the first artist credited.
--   new_artists  Those who had not been heard before the month.
--   plays_of_new_artists  Plays of those.
--   plays_of_known_artists  Plays of artists who had been heard before the month.
--   share_of_new_artists  The part that plays of new artists are of the plays of new and of known ones, 0 to 1.
--   tracks  Different tracks of these plays.
--   new_tracks  Those that had not been heard before the month.
--   plays_of_new_tracks  Plays of those.
--   month_start_date  First day of the month.

with plays as (
    select
        account_id,
        artist_id,
        track_id,
        cast(floor(date_id / 100) as int) as month_id
    from fct_track_played
    where is_music
        and is_counted
        and date_id <> -1
),

recordings as (
    select track_id, recording_id
    from dim_track
),

accounts as (
    select account_id, account_name
    from dim_account
),

-- As few rows as there are tracks and months, before anything else is done with plays.
tracks_by_month as (
    select
        account_id,
        artist_id,
        track_id,
        month_id,
        count(*) as plays
    from plays
    group by account_id, artist_id, track_id, month_id
),

first_months_of_artists as (
    select
        account_id,
        artist_id,
        min(month_id) as first_month_id
    from tracks_by_month
    where artist_id <> 'unknown'
    group by account_id, artist_id
),

recordings_by_month as (
    select
        tracks_by_month.*,
        recordings.recording_id
    from tracks_by_month
    inner join recordings
        on tracks_by_month.track_id = recordings.track_id
),

first_months_of_recordings as (
    select
        account_id,
        recording_id,
        min(month_id) as first_month_id
    from recordings_by_month
    where track_id <> 'unknown'
    group by account_id, recording_id
),

tracks_judged as (
    select
        tracks_by_month.account_id,
        tracks_by_month.month_id,
        tracks_by_month.plays,
        artists.artist_id,
        artists.first_month_id = tracks_by_month.month_id as is_new_artist,
        first_months.recording_id,
        first_months.first_month_id = tracks_by_month.month_id as is_new_track
    from recordings_by_month as tracks_by_month
    left join first_months_of_artists as artists
        on tracks_by_month.account_id = artists.account_id
        and tracks_by_month.artist_id = artists.artist_id
    left join first_months_of_recordings as first_months
        on tracks_by_month.account_id = first_months.account_id
        and tracks_by_month.recording_id = first_months.recording_id
),

months as (
    select
        account_id,
        month_id,
        cast(sum(plays) as bigint) as counted_plays,
        count(distinct artist_id) as artists,
        count(distinct case when is_new_artist then artist_id end) as new_artists,
        cast(coalesce(sum(plays) filter (where is_new_artist), 0) as bigint) as plays_of_new_artists,
        cast(coalesce(sum(plays) filter (where not is_new_artist), 0) as bigint) as plays_of_known_artists,
        count(distinct recording_id) as tracks,
        count(distinct case when is_new_track then recording_id end) as new_tracks,
        cast(coalesce(sum(plays) filter (where is_new_track), 0) as bigint) as plays_of_new_tracks
    from tracks_judged
    group by account_id, month_id
),

new_and_known as (
    select
        -- ids
        months.account_id,

        -- attributes
        accounts.account_name,
        cast(floor(months.month_id / 100) as int) as year_num,
        cast(cast(floor(months.month_id / 100) as int) as string) || '-'
        || lpad(cast(months.month_id % 100 as string), 2, '0') as month,

        -- numbers
        months.counted_plays,
        months.artists,
        months.new_artists,
        months.plays_of_new_artists,
        months.plays_of_known_artists,
        round(
            1e0 * months.plays_of_new_artists
            / nullif(months.plays_of_new_artists + months.plays_of_known_artists, 0),
            6
        ) as share_of_new_artists,
        months.tracks,
        months.new_tracks,
        months.plays_of_new_tracks,

        -- times
        make_date(cast(floor(months.month_id / 100) as int), months.month_id % 100, 1) as month_start_date
    from months
    inner join accounts
        on months.account_id = accounts.account_id
)

select * from new_and_known
