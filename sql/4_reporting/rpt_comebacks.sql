-- Which artists came back after a long time?
--
-- A comeback is the first counted play after at least as many days without one as `listening_rules` says
-- (180). An artist may come back more than once.
--
-- grain: one row per account, artist and return
-- kind:  table
-- key:   account_id, artist_id, returned_date
-- reads: agg_artist_daily, rpt_artist_loyalty, listening_rules, dim_artist, dim_account
-- sort:  account_id, returned_date, artist_id
-- tests: expression away_since_date < returned_date
--        between days_away 1 100000
--        expression plays_in_next_30_days >= 1 and plays_before >= 1
-- columns:
--   days_away  Days from the last counted play before the return to the return.
--   plays_before  Counted plays before it.
--   plays_in_next_30_days  Counted plays on the day of the return and the 29 days after it.
--   away_since_date  Local day of the last counted play before it.
--   returned_date  Local day of the return.

with rules as (
    select comeback_days
    from listening_rules
),

-- Whoever was never away so long cannot have come back.
artists_once_away as (
    select loyalty.account_id, loyalty.artist_id
    from rpt_artist_loyalty as loyalty
    inner join rules
        on loyalty.longest_absence_days >= rules.comeback_days
),

days as (
    select
        days.account_id,
        days.artist_id,
        days.counted_plays,
        days.played_date
    from agg_artist_daily as days
    semi join artists_once_away
        on days.account_id = artists_once_away.account_id
        and days.artist_id = artists_once_away.artist_id
    where days.counted_plays > 0
),

artists as (
    select artist_id, artist_name, primary_genre
    from dim_artist
),

accounts as (
    select account_id, account_name
    from dim_account
),

days_after_others as (
    select
        account_id,
        artist_id,
        played_date,
        lag(played_date) over (
            partition by account_id, artist_id
            order by played_date
        ) as away_since_date
    from days
),

returns as (
    select
        days_after_others.account_id,
        days_after_others.artist_id,
        days_after_others.played_date as returned_date,
        days_after_others.away_since_date,
        unix_date(days_after_others.played_date) - unix_date(days_after_others.away_since_date) as days_away
    from days_after_others
    inner join rules
        on unix_date(days_after_others.played_date) - unix_date(days_after_others.away_since_date)
            >= rules.comeback_days
),

plays_around as (
    select
        returns.account_id,
        returns.artist_id,
        returns.returned_date,
        cast(
            sum(days.counted_plays) filter (where days.played_date < returns.returned_date) as bigint
        ) as plays_before,
        cast(
            sum(days.counted_plays) filter (
                where days.played_date >= returns.returned_date
                    and unix_date(days.played_date) < unix_date(returns.returned_date) + 30
            ) as bigint
        ) as plays_in_next_30_days
    from returns
    inner join days
        on returns.account_id = days.account_id
        and returns.artist_id = days.artist_id
    group by returns.account_id, returns.artist_id, returns.returned_date
),

comebacks as (
    select
        -- ids
        returns.account_id,
        returns.artist_id,

        -- attributes
        accounts.account_name,
        artists.artist_name,
        artists.primary_genre,

        -- numbers
        returns.days_away,
        plays_around.plays_before,
        plays_around.plays_in_next_30_days,

        -- times
        returns.away_since_date,
        returns.returned_date
    from returns
    inner join plays_around
        on returns.account_id = plays_around.account_id
        and returns.artist_id = plays_around.artist_id
        and returns.returned_date = plays_around.returned_date
    inner join artists
        on returns.artist_id = artists.artist_id
    inner join accounts
        on returns.account_id = accounts.account_id
)

select * from comebacks
