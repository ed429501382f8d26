-- Which genres were listened to most, in each year and in all?
--
-- Each play is shared among its genres, so the plays of all genres add up to all plays.
--
-- grain: one row per account, period and genre
-- kind:  table
-- key:   account_id, period, genre_id
-- reads: fct_artist_genre, dim_genre, dim_account, dim_date
-- sort:  account_id, period, genre_rank
-- tests: between genre_rank 1 100000
--        unique account_id, period, genre_rank
--        between share_of_plays 0 1.000001
-- columns:
--   period  Calendar year as text, or all time.
--   year_num  Calendar year; empty for all time.
--   genre_rank  Place of the genre in the period, by counted plays shared among genres, then by name; the unknown genre is ranked with the others.
--   counted_plays  Counted plays, each shared among its genres by their weights.
--   plays_with_genre  Counted plays that have the genre at all.
--   artists  Different artists of these plays.
--   minutes_listened  Minutes of counted plays, shared in the same way.
--   share_of_plays  The part that counted_plays are of all counted plays of music in the period, 0 to 1.

with plays as (
    select
        account_id,
        genre_id,
        artist_id,
        date_id,
        weight,
        ms_listened_weighted
    from fct_artist_genre
    where is_counted
),

dates as (
    select date_id, year_num, year_text
    from dim_date
),

genres as (
    select genre_id, genre, genre_family
    from dim_genre
),

accounts as (
    select account_id, account_name
    from dim_account
),

genres_by_period as (
    select
        plays.account_id,
        plays.genre_id,
        coalesce(dates.year_text, 'all time') as period,
        max(dates.year_num) as year_num,
        count(*) as plays_with_genre,
        -- In whole parts: a sum of fractions depends on the order of rows.
        cast(sum(cast(round(plays.weight * 1e9) as bigint)) as bigint) as billionths_of_plays,
        count(distinct plays.artist_id) as artists,
        cast(coalesce(sum(cast(round(plays.ms_listened_weighted * 1e3) as bigint)), 0) as bigint) / 1e3 as ms_listened
    from plays
    inner join dates
        on plays.date_id = dates.date_id
    group by grouping sets (
        (plays.account_id, plays.genre_id, dates.year_text),
        (plays.account_id, plays.genre_id)
    )
),

genres_rounded as (
    select
        genres_by_period.*,
        billionths_of_plays / 1e9 as weighted_plays,
        round(billionths_of_plays / 1e9, 3) as counted_plays,
        cast(sum(billionths_of_plays) over (partition by account_id, period) as bigint) / 1e9 as period_plays
    from genres_by_period
),

genres_ranked as (
    select
        -- ids
        genres_rounded.account_id,
        genres_rounded.genre_id,

        -- attributes
        accounts.account_name,
        genres_rounded.period,
        case when genres_rounded.period <> 'all time' then genres_rounded.year_num end as year_num,
        genres.genre,
        genres.genre_family,

        -- numbers
        cast(
            row_number() over (
                partition by genres_rounded.account_id, genres_rounded.period
                order by genres_rounded.counted_plays desc, genres.genre
            ) as int
        ) as genre_rank,
        genres_rounded.counted_plays,
        genres_rounded.plays_with_genre,
        genres_rounded.artists,
        round(genres_rounded.ms_listened / 6e4, 1) as minutes_listened,
        round(genres_rounded.counted_plays / nullif(genres_rounded.period_plays, 0), 6) as share_of_plays
    from genres_rounded
    inner join genres
        on genres_rounded.genre_id = genres.genre_id
    inner join accounts
        on genres_rounded.account_id = accounts.account_id
)

select * from genres_ranked
