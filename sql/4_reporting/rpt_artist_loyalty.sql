-- When was each artist discovered, and how loyal is the listener?
--
-- By counted plays alone: a song that was skipped at once discovers nobody. In an account's first months
-- everybody is new. Months and absences end with the last day on which the account heard any music.
--
-- grain: one row per account and artist with a counted play
-- kind:  table
-- key:   account_id, artist_id
-- reads: agg_artist_daily, fct_track_played, dim_artist, dim_track, dim_account
-- sort:  account_id, discovered_date, artist_id
-- tests: between loyalty 0 1
--        between share_skipped 0 1
--        between share_finished 0 1
--        expression days_heard >= months_heard and counted_plays >= days_heard
--        expression discovered_date <= last_played_date
-- columns:
--   discovery_track_id  Key of the track of the first play that counts.
--   discovery_track_name  Title of that track.
--   counted_plays  Plays that count by the account's rule.
--   plays_in_first_30_days  Those of the day of discovery and the 29 days after it.
--   days_heard  Days on which a play counted.
--   months_heard  Calendar months in which a play counted.
--   months_since_discovery  Calendar months from the discovery to the account's last music, both included.
--   loyalty  The part that months_heard are of them, 0 to 1.
--   longest_absence_days  Most days between two days on which the artist was heard; 1 where there is no day in between, empty where it was heard on one day only.
--   days_since_last_play  Days from the last counted play to the account's last music.
--   minutes_listened  Minutes heard, reported or estimated, of plays that do not count too.
--   share_skipped  The part of the artist's plays that stopped before 30 seconds and before the track's end, 0 to 1, of those whose time a source reports.
--   share_finished  The part that ran to the track's end, 0 to 1, of those of which that is known.
--   discovered_date  Local day of the first counted play.
--   last_played_date  Local day of the last counted play.

with days as (
    select
        account_id,
        artist_id,
        date_id,
        counted_plays,
        timed_plays,
        skipped_plays,
        judged_plays,
        finished_plays,
        ms_listened,
        played_date
    from agg_artist_daily
    where artist_id <> 'unknown'
),

last_days as (
    select
        account_id,
        max(played_date) as last_date
    from agg_artist_daily
    group by account_id
),

artists as (
    select artist_id, artist_name, primary_genre
    from dim_artist
),

tracks as (
    select track_id, track_name
    from dim_track
),

accounts as (
    select account_id, account_name
    from dim_account
),

days_counted as (
    select
        account_id,
        artist_id,
        date_id,
        counted_plays,
        played_date,
        unix_date(played_date) - lag(unix_date(played_date)) over (
            partition by account_id, artist_id
            order by played_date
        ) as days_away,
        -- In the same order as the day before, so that days are sorted once.
        min(played_date) over (
            partition by account_id, artist_id
            order by played_date
            rows between unbounded preceding and current row
        ) as discovered_date
    from days
    where counted_plays > 0
),

artists_counted as (
    select
        account_id,
        artist_id,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(
            coalesce(
                sum(counted_plays) filter (where unix_date(played_date) < unix_date(discovered_date) + 30), 0
            ) as bigint
        ) as plays_in_first_30_days,
        count(*) as days_heard,
        count(distinct floor(date_id / 100)) as months_heard,
        max(days_away) as longest_absence_days,
        min(date_id) as discovered_date_id,
        min(played_date) as discovered_date,
        max(played_date) as last_played_date
    from days_counted
    group by account_id, artist_id
),

artists_heard as (
    select
        account_id,
        artist_id,
        cast(sum(timed_plays) as bigint) as timed_plays,
        cast(sum(skipped_plays) as bigint) as skipped_plays,
        cast(sum(judged_plays) as bigint) as judged_plays,
        cast(sum(finished_plays) as bigint) as finished_plays,
        cast(sum(ms_listened) as bigint) as ms_listened
    from days
    group by account_id, artist_id
),

first_plays as (
    select
        plays.account_id,
        plays.artist_id,
        plays.track_id,
        row_number() over (
            partition by plays.account_id, plays.artist_id
            order by plays.ended_at, plays.play_id
        ) as place
    from fct_track_played as plays
    inner join artists_counted
        on plays.account_id = artists_counted.account_id
        and plays.artist_id = artists_counted.artist_id
        and plays.date_id = artists_counted.discovered_date_id
    where plays.is_music
        and plays.is_counted
),

artist_loyalty as (
    select
        -- ids
        artists_counted.account_id,
        artists_counted.artist_id,
        first_plays.track_id as discovery_track_id,

        -- attributes
        accounts.account_name,
        artists.artist_name,
        artists.primary_genre,
        tracks.track_name as discovery_track_name,

        -- numbers
        artists_counted.counted_plays,
        artists_counted.plays_in_first_30_days,
        artists_counted.days_heard,
        artists_counted.months_heard,
        cast(
            (year(last_days.last_date) - year(artists_counted.discovered_date)) * 12
            + month(last_days.last_date) - month(artists_counted.discovered_date) + 1 as int
        ) as months_since_discovery,
        round(
            1e0 * artists_counted.months_heard
            / (
                (year(last_days.last_date) - year(artists_counted.discovered_date)) * 12
                + month(last_days.last_date) - month(artists_counted.discovered_date) + 1
            ),
            6
        ) as loyalty,
        artists_counted.longest_absence_days,
        unix_date(last_days.last_date) - unix_date(artists_counted.last_played_date)
            as days_since_last_play,
        round(artists_heard.ms_listened / 6e4, 1) as minutes_listened,
        round(1e0 * artists_heard.skipped_plays / nullif(artists_heard.timed_plays, 0), 6) as share_skipped,
        round(1e0 * artists_heard.finished_plays / nullif(artists_heard.judged_plays, 0), 6) as share_finished,

        -- times
        artists_counted.discovered_date,
        artists_counted.last_played_date
    from artists_counted
    inner join artists_heard
        on artists_counted.account_id = artists_heard.account_id
        and artists_counted.artist_id = artists_heard.artist_id
    inner join last_days
        on artists_counted.account_id = last_days.account_id
    inner join first_plays
        on artists_counted.account_id = first_plays.account_id
        and artists_counted.artist_id = first_plays.artist_id
        and first_plays.place = 1
    inner join artists
        on artists_counted.artist_id = artists.artist_id
    inner join tracks
        on first_plays.track_id = tracks.track_id
    inner join accounts
        on artists_counted.account_id = accounts.account_id
)

select * from artist_loyalty
