-- How did taste change: which families of genres were listened to, month by month?
--
-- Each play is shared among its genres; the shares of one month sum to 1.
--
-- grain: one row per account, month and family
-- kind:  table
-- key:   account_id, month, genre_family
-- reads: fct_artist_genre, dim_genre, dim_account, dim_date
-- sort:  account_id, month_start_date, genre_family
-- tests: between share_of_plays 0 1.000001
-- columns:
--   month  Calendar month (2024-07).
--   counted_plays  Counted plays, each shared among its genres by their weights.
--   minutes_listened  Minutes of counted plays, shared in the same way.
--   share_of_plays  The part that counted_plays are of all counted plays of music in the month, 0 to 1.

with plays as (
    select account_id, genre_id, date_id, weight, ms_listened_weighted
    from fct_artist_genre
    where is_counted
),

dates as (
    select date_id, month_start_date
    from dim_date
    where date_id <> -1
),

genres as (
    select genre_id, genre_family
    from dim_genre
),

accounts as (
    select account_id, account_name
    from dim_account
),

plays_by_day as (
    select
        account_id,
        genre_id,
        date_id,
        -- In whole parts: a sum of fractions depends on the order of rows.
        cast(sum(cast(round(weight * 1e9) as bigint)) as bigint) as billionths_of_plays,
        cast(coalesce(sum(cast(round(ms_listened_weighted * 1e3) as bigint)), 0) as bigint) as thousandths_of_ms
    from plays
    group by account_id, genre_id, date_id
),

families_by_month as (
    select
        plays_by_day.account_id,
        dates.month_start_date,
        genres.genre_family,
        cast(sum(plays_by_day.billionths_of_plays) as bigint) / 1e9 as weighted_plays,
        cast(sum(plays_by_day.thousandths_of_ms) as bigint) / 1e3 as ms_listened
    from plays_by_day
    inner join dates
        on plays_by_day.date_id = dates.date_id
    inner join genres
        on plays_by_day.genre_id = genres.genre_id
    group by plays_by_day.account_id, dates.month_start_date, genres.genre_family
),

families as (
    select
        -- ids
        families_by_month.account_id,

        -- attributes
        accounts.account_name,
        substr(cast(families_by_month.month_start_date as string), 1, 7) as month,
        families_by_month.genre_family,

        -- numbers
        round(families_by_month.weighted_plays, 3) as counted_plays,
        round(families_by_month.ms_listened / 6e4, 1) as minutes_listened,
        round(
            families_by_month.weighted_plays
            / sum(families_by_month.weighted_plays) over (
                partition by families_by_month.account_id, families_by_month.month_start_date
            ),
            6
        ) as share_of_plays,

        -- times
        families_by_month.month_start_date
    from families_by_month
    inner join accounts
        on families_by_month.account_id = accounts.account_id
)

select * from families
