-- At what time of day is music of which country heard, month by month?
--
-- Sum over what is not asked for: by year, by hour, by time of day, for some countries or for all. Hours
-- without a play have no row here; `rpt_listening_clock` has all of them, without countries.
--
-- grain: one row per account, month, country of the artist and hour
-- kind:  table
-- key:   account_id, month, country_id, hour_of_day
-- reads: fct_track_played, dim_artist, dim_account, dim_time
-- sort:  account_id, month, country_id, hour_of_day
-- tests: between hour_of_day 0 23
--        accepted time_of_day Night, Morning, Afternoon, Evening
--        expression counted_plays <= plays
-- columns:
--   country_id  Code of the country the first artist comes from, else its name; unknown where none is known.
--   month  Calendar month (2024-07), in local time.
--   year_num  Calendar year, in local time.
--   country_code  Code of that country; empty where none is known.
--   country  That country; Unknown where none is known.
--   hour_of_day  Hour in local time, 0 to 23.
--   plays  Plays of music, whether they count or not.
--   counted_plays  Plays of music that count by the account's rule.
--   minutes_listened  Minutes of music heard, reported or estimated.
--   month_start_date  First day of the month.

with plays as (
    select
        account_id,
        artist_id,
        cast(floor(date_id / 100) as int) as month_id,
        cast(floor(time_id / 3600) as int) as hour_of_day,
        ms_listened,
        is_counted
    from fct_track_played
    where is_music
        and date_id <> -1
        and time_id <> -1
),

artists as (
    select
        artist_id,
        coalesce(country_code, country, 'unknown') as country_id,
        country_code,
        country
    from dim_artist
),

accounts as (
    select account_id, account_name
    from dim_account
),

times as (
    select hour_of_day, time_of_day, time_of_day_sort
    from dim_time
    where hour_of_day is not null
    group by hour_of_day, time_of_day, time_of_day_sort
),

country_names as (
    select
        country_id,
        max(country_code) as country_code,
        max(country) as country
    from artists
    group by country_id
),

plays_by_hour as (
    select
        plays.account_id,
        plays.month_id,
        artists.country_id,
        plays.hour_of_day,
        count(*) as plays,
        count(*) filter (where plays.is_counted) as counted_plays,
        coalesce(cast(sum(plays.ms_listened) as bigint), 0) as ms_listened
    from plays
    inner join artists
        on plays.artist_id = artists.artist_id
    group by plays.account_id, plays.month_id, artists.country_id, plays.hour_of_day
),

hours_by_country as (
    select
        -- ids
        plays_by_hour.account_id,
        plays_by_hour.country_id,

        -- attributes
        accounts.account_name,
        cast(floor(plays_by_hour.month_id / 100) as int) as year_num,
        cast(cast(floor(plays_by_hour.month_id / 100) as int) as string) || '-'
        || lpad(cast(plays_by_hour.month_id % 100 as string), 2, '0') as month,
        country_names.country_code,
        coalesce(country_names.country, 'Unknown') as country,
        plays_by_hour.hour_of_day,
        times.time_of_day,
        times.time_of_day_sort,

        -- numbers
        plays_by_hour.plays,
        plays_by_hour.counted_plays,
        round(plays_by_hour.ms_listened / 6e4, 1) as minutes_listened,

        -- times
        make_date(
            cast(floor(plays_by_hour.month_id / 100) as int), plays_by_hour.month_id % 100, 1
        ) as month_start_date
    from plays_by_hour
    inner join country_names
        on plays_by_hour.country_id = country_names.country_id
    inner join times
        on plays_by_hour.hour_of_day = times.hour_of_day
    inner join accounts
        on plays_by_hour.account_id = accounts.account_id
)

select * from hours_by_country
