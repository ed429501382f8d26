-- Which artists make up each genre, year by year?
--
-- Each play is shared among its genres, so plays and minutes of all genres add up to all that count: sum
-- over whichever genres, artists or years are asked for. The artist is the first one credited; the genre
-- may be that of another one on the track.
--
-- grain: one row per account, year, genre and artist
-- kind:  table
-- key:   account_id, year_num, genre_id, artist_id
-- reads: fct_artist_genre, dim_genre, dim_artist, dim_account
-- sort:  account_id, year_num, genre_id, artist_id
-- tests: expression counted_plays <= plays_with_genre + 1e-3
-- columns:
--   year_num  Calendar year, in local time.
--   top_artist_in_genre  Artist with the most counted plays of the genre by this account in this year.
--   most_popular_artist_in_genre  The most popular of the artists in this row's account, year and genre; empty where nobody tells.
--   plays_with_genre  Counted plays that have the genre at all; a play with two genres is in two rows.
--   counted_plays  Counted plays, each shared among its genres by their weights.
--   minutes_listened  Minutes of counted plays, shared in the same way.

with plays as (
    select
        account_id,
        cast(floor(date_id / 10000) as int) as year_num,
        genre_id,
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

plays_ranked as (
    select
        plays_by_artist.*,
        artists.artist_name,
        artists.popularity,
        row_number() over (
            partition by plays_by_artist.account_id, plays_by_artist.year_num, plays_by_artist.genre_id
            order by
                cast(plays_by_artist.artist_id = 'unknown' as int),
                plays_by_artist.weighted_plays desc,
                artists.artist_name,
                plays_by_artist.artist_id
        ) as place_by_plays,
        row_number() over (
            partition by plays_by_artist.account_id, plays_by_artist.year_num, plays_by_artist.genre_id
            order by artists.popularity desc nulls last, artists.artist_name, plays_by_artist.artist_id
        ) as place_by_popularity
    from plays_by_artist
    inner join artists
        on plays_by_artist.artist_id = artists.artist_id
),

plays_with_firsts as (
    select
        plays_ranked.*,
        max(case when place_by_plays = 1 and artist_id <> 'unknown' then artist_name end) over (
            partition by account_id, year_num, genre_id
        ) as top_artist_in_genre,
        max(case when place_by_popularity = 1 and popularity is not null then artist_name end) over (
            partition by account_id, year_num, genre_id
        ) as most_popular_artist_in_genre
    from plays_ranked
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
        plays_by_artist.top_artist_in_genre,
        plays_by_artist.most_popular_artist_in_genre,
        plays_by_artist.artist_name,

        -- numbers
        plays_by_artist.plays_with_genre,
        round(plays_by_artist.weighted_plays, 3) as counted_plays,
        round(plays_by_artist.ms_listened / 6e4, 1) as minutes_listened
    from plays_with_firsts as plays_by_artist
    inner join genres
        on plays_by_artist.genre_id = genres.genre_id
    inner join accounts
        on plays_by_artist.account_id = accounts.account_id
)

select * from artists_by_genre
