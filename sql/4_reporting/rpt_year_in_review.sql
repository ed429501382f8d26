-- What was each year like?
--
-- Artists, tracks and genres are those of `rpt_top_artists`, `rpt_track_plays` and `rpt_top_genres`; what
-- is not known cannot be first.
--
-- grain: one row per account and year with a play
-- kind:  table
-- key:   account_id, year_num
-- reads: agg_daily, dim_account, rpt_top_artists, rpt_track_plays, rpt_top_genres, rpt_new_and_known,
--        rpt_streaks, fct_session
-- sort:  account_id, year_num
-- tests: expression counted_plays <= music_plays
--        between days_heard 0 366
-- columns:
--   year_num  Calendar year, in local time.
--   music_plays  Plays of music, whether they count or not.
--   counted_plays  Plays of music that count by the account's rule.
--   music_minutes  Minutes of music heard, reported or estimated.
--   episode_minutes  Minutes of podcast episodes heard.
--   audiobook_minutes  Minutes of audiobooks heard.
--   days_heard  Days on which a play of music counted.
--   artists  Different artists heard.
--   new_artists  Artists of whom a play counted for the first time ever.
--   tracks  Different tracks of music heard; releases of one recording are one.
--   new_tracks  Tracks of which a play counted for the first time ever.
--   top_artist_name  Artist with the most counted plays.
--   top_artist_plays  Counted plays of that artist.
--   top_track_name  Track with the most counted plays.
--   top_track_artist_name  First artist credited on it.
--   top_track_plays  Counted plays of that track.
--   top_genre  Genre with the most counted plays, shared among the genres of each play; unknown is none.
--   busiest_date  Day with the most minutes of music; of equals, the first.
--   busiest_date_minutes  Minutes of music on that day.
--   longest_streak_days  Days of the longest streak that lies in the year or reaches into it, days of other years included.
--   sessions  Sessions that began in the year.
--   longest_session_minutes  Minutes from the beginning to the end of the longest of them.

with days as (
    select
        account_id,
        cast(floor(date_id / 10000) as int) as year_num,
        music_plays,
        counted_plays,
        music_ms,
        episode_ms,
        audiobook_ms,
        played_date
    from agg_daily
),

accounts as (
    select account_id, account_name
    from dim_account
),

top_artists as (
    select
        account_id,
        year_num,
        count(*) as artists,
        max(case when artist_rank = 1 then artist_name end) as artist_name,
        max(case when artist_rank = 1 then counted_plays end) as counted_plays
    from rpt_top_artists
    where year_num is not null
    group by account_id, year_num
),

top_tracks as (
    select
        account_id,
        year_num,
        count(*) as tracks,
        max(case when track_rank = 1 then track_name end) as track_name,
        max(case when track_rank = 1 then artist_name end) as artist_name,
        max(case when track_rank = 1 then counted_plays end) as counted_plays
    from rpt_track_plays
    where year_num is not null
    group by account_id, year_num
),

top_genres as (
    select
        account_id,
        year_num,
        min_by(genre, genre_rank) as genre
    from rpt_top_genres
    where year_num is not null
        and genre <> 'unknown'
    group by account_id, year_num
),

discoveries as (
    select
        account_id,
        year_num,
        cast(sum(new_artists) as bigint) as new_artists,
        cast(sum(new_tracks) as bigint) as new_tracks
    from rpt_new_and_known
    group by account_id, year_num
),

sessions as (
    select
        account_id,
        cast(floor(date_id / 10000) as int) as year_num,
        count(*) as sessions,
        max(duration_ms) as duration_ms
    from fct_session
    group by account_id, cast(floor(date_id / 10000) as int)
),

days_ranked as (
    select
        days.*,
        row_number() over (
            partition by account_id, year_num
            order by music_ms desc, played_date
        ) as place
    from days
),

years as (
    select
        account_id,
        year_num,
        cast(sum(music_plays) as bigint) as music_plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(music_ms) as bigint) as music_ms,
        cast(sum(episode_ms) as bigint) as episode_ms,
        cast(sum(audiobook_ms) as bigint) as audiobook_ms,
        count(*) filter (where counted_plays > 0) as days_heard,
        max(case when place = 1 and music_ms > 0 then played_date end) as busiest_date,
        max(case when place = 1 and music_ms > 0 then music_ms end) as busiest_date_ms
    from days_ranked
    group by account_id, year_num
),

streaks_by_year as (
    select
        years.account_id,
        years.year_num,
        max(streaks.days) as days
    from years
    inner join rpt_streaks as streaks
        on years.account_id = streaks.account_id
        and years.year_num between year(streaks.first_date) and year(streaks.last_date)
    group by years.account_id, years.year_num
),

years_reviewed as (
    select
        -- ids
        years.account_id,

        -- attributes
        accounts.account_name,
        years.year_num,
        top_artists.artist_name as top_artist_name,
        top_tracks.track_name as top_track_name,
        top_tracks.artist_name as top_track_artist_name,
        top_genres.genre as top_genre,

        -- numbers
        years.music_plays,
        years.counted_plays,
        round(years.music_ms / 6e4, 1) as music_minutes,
        round(years.episode_ms / 6e4, 1) as episode_minutes,
        round(years.audiobook_ms / 6e4, 1) as audiobook_minutes,
        years.days_heard,
        coalesce(top_artists.artists, 0) as artists,
        coalesce(discoveries.new_artists, 0) as new_artists,
        coalesce(top_tracks.tracks, 0) as tracks,
        coalesce(discoveries.new_tracks, 0) as new_tracks,
        coalesce(top_artists.counted_plays, 0) as top_artist_plays,
        coalesce(top_tracks.counted_plays, 0) as top_track_plays,
        round(years.busiest_date_ms / 6e4, 1) as busiest_date_minutes,
        coalesce(streaks_by_year.days, 0) as longest_streak_days,
        coalesce(sessions.sessions, 0) as sessions,
        round(sessions.duration_ms / 6e4, 1) as longest_session_minutes,

        -- times
        years.busiest_date
    from years
    inner join accounts
        on years.account_id = accounts.account_id
    left join top_artists
        on years.account_id = top_artists.account_id
        and years.year_num = top_artists.year_num
    left join top_tracks
        on years.account_id = top_tracks.account_id
        and years.year_num = top_tracks.year_num
    left join top_genres
        on years.account_id = top_genres.account_id
        and years.year_num = top_genres.year_num
    left join discoveries
        on years.account_id = discoveries.account_id
        and years.year_num = discoveries.year_num
    left join streaks_by_year
        on years.account_id = streaks_by_year.account_id
        and years.year_num = streaks_by_year.year_num
    left join sessions
        on years.account_id = sessions.account_id
        and years.year_num = sessions.year_num
)

select * from years_reviewed
