-- Which artists make up each genre, year by year?
--
-- Each play is shared among its genres, so plays and minutes of all genres add up to all that count: sum
-- over whichever genres, artists or years are asked for. The artist is the first one credited; the genre
-- may be that of another one on the track. The top artist and the most popular one of a genre have it.
--
-- grain: one row per account, year, genre and artist
-- kind:  table
-- key:   account_id, year_num, genre_id, artist_id
-- reads: fct_artist_genre, dim_genre, dim_artist, dim_account, bridge_track_artist, bridge_artist_genre
-- sort:  account_id, year_num, genre_id, artist_id
-- tests: expression counted_plays <= plays_with_genre + 1e-3
-- columns:
--   year_num  Calendar year, in local time.
--   top_artist_in_genre  Of the artists who have the genre, the one credited on the most counted plays of it, by this account in this year.
--   most_popular_artist_in_genre  The most popular of them; empty where nobody tells.
--   plays_with_genre  Counted plays that have the genre at all; a play with two genres is in two rows.
--   counted_plays  Counted plays, each shared among its genres by their weights.
--   minutes_listened  Minutes of counted plays, shared in the same way.

with plays as (
    select
        account_id,
        cast(floor(date_id / 10000) as int) as year_num,
        genre_id,
        track_id,
        artist_id,
        weight,
        ms_listened_weighted
    from fct_artist_genre
    where is_counted
        and date_id <> -1
),

genres as (
    select genre_id, genre, genre_family
    from dim_genre
),

artists as (
    select artist_id, artist_name, popularity
    from dim_artist
),

accounts as (
    select account_id, account_name
    from dim_account
),

plays_by_artist as (
    select
        account_id,
        year_num,
        genre_id,
        artist_id,
        count(*) as plays_with_genre,
        -- In whole parts: a sum of fractions depends on the order of rows.
        cast(sum(cast(round(weight * 1e9) as bigint)) as bigint) / 1e9 as weighted_plays,
        cast(coalesce(sum(cast(round(ms_listened_weighted * 1e3) as bigint)), 0) as bigint) / 1e3 as ms_listened
    from plays
    group by account_id, year_num, genre_id, artist_id
),

plays_by_track as (
    select
        account_id,
        year_num,
        genre_id,
        track_id,
        count(*) as plays
    from plays
    group by account_id, year_num, genre_id, track_id
),

-- Whoever is credited on a track and has the genre brought it.
plays_by_credit as (
    select
        plays_by_track.account_id,
        plays_by_track.year_num,
        plays_by_track.genre_id,
        track_artists.artist_id,
        sum(plays_by_track.plays) as plays
    from plays_by_track
    inner join bridge_track_artist as track_artists
        on plays_by_track.track_id = track_artists.track_id
    semi join bridge_artist_genre as artist_genres
        on track_artists.artist_id = artist_genres.artist_id
        and plays_by_track.genre_id = artist_genres.genre_id
    where track_artists.artist_id <> 'unknown'
    group by
        plays_by_track.account_id,
        plays_by_track.year_num,
        plays_by_track.genre_id,
        track_artists.artist_id
),

credits_ranked as (
    select
        plays_by_credit.account_id,
        plays_by_credit.year_num,
        plays_by_credit.genre_id,
        artists.artist_name,
        artists.popularity,
        row_number() over (
            partition by plays_by_credit.account_id, plays_by_credit.year_num, plays_by_credit.genre_id
            order by plays_by_credit.plays desc, artists.artist_name, plays_by_credit.artist_id
        ) as place_by_plays,
        row_number() over (
            partition by plays_by_credit.account_id, plays_by_credit.year_num, plays_by_credit.genre_id
            order by artists.popularity desc nulls last, artists.artist_name, plays_by_credit.artist_id
        ) as place_by_popularity
    from plays_by_credit
    inner join artists
        on plays_by_credit.artist_id = artists.artist_id
),

firsts as (
    select
        account_id,
        year_num,
        genre_id,
        max(case when place_by_plays = 1 then artist_name end) as top_artist_in_genre,
        max(case when place_by_popularity = 1 and popularity is not null then artist_name end)
            as most_popular_artist_in_genre
    from credits_ranked
    group by account_id, year_num, genre_id
),

artists_by_genre as (
    select
        -- ids
        plays_by_artist.account_id,
        plays_by_artist.genre_id,
        plays_by_artist.artist_id,

        -- attributes
        accounts.account_name,
        plays_by_artist.year_num,
        genres.genre,
        genres.genre_family,
        firsts.top_artist_in_genre,
        firsts.most_popular_artist_in_genre,
        artists.artist_name,

        -- numbers
        plays_by_artist.plays_with_genre,
        round(plays_by_artist.weighted_plays, 3) as counted_plays,
        round(plays_by_artist.ms_listened / 6e4, 1) as minutes_listened
    from plays_by_artist
    inner join artists
        on plays_by_artist.artist_id = artists.artist_id
    left join firsts
        on plays_by_artist.account_id = firsts.account_id
        and plays_by_artist.year_num = firsts.year_num
        and plays_by_artist.genre_id = firsts.genre_id
    inner join genres
        on plays_by_artist.genre_id = genres.genre_id
    inner join accounts
        on plays_by_artist.account_id = accounts.account_id
)

select * from artists_by_genre
