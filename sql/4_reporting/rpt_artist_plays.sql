-- Which artists were played in each month, and where do they come from?
--
-- For every question about artists between two months: by genre, continent, country, state, city, or on a
-- map. A place is one point: group by `location_id`, and never take the mean of degrees, which is wrong on
-- both sides of the date line. Plays of artists whose place or genre is unknown are there as well, so that nothing is missing
-- from a sum. For single days read `agg_artist_daily`.
--
-- grain: one row per account, month and artist
-- kind:  table
-- key:   account_id, month, artist_id
-- reads: agg_artist_daily, dim_artist, dim_location, dim_account, dim_date
-- sort:  account_id, month_start_date, artist_id
-- tests: expression counted_plays <= plays
--        not_null artist_name, primary_genre
-- columns:
--   location_name  Name of the place where the artist comes from, whatever kind of place it is.
--   month  Calendar month (2024-07).
--   plays  Plays of the artist's music, whether they count or not.
--   counted_plays  Plays that count by the account's rule.
--   skipped_plays  Plays that stopped before 30 seconds and before the track's end.
--   days_heard  Days of the month on which a play counted.
--   minutes_listened  Minutes heard, reported or estimated.

with days as (
    select
        account_id,
        artist_id,
        date_id,
        plays,
        counted_plays,
        skipped_plays,
        ms_listened
    from agg_artist_daily
),

dates as (
    select date_id, year_num, year_month, month_start_date
    from dim_date
    where date is not null
),

artists as (
    select
        artist_id,
        location_id,
        artist_name,
        primary_genre,
        genre_family,
        popularity_group,
        continent_code,
        continent,
        country_code,
        country,
        state_province,
        city,
        latitude,
        longitude
    from dim_artist
),

locations as (
    select location_id, location_name
    from dim_location
),

accounts as (
    select account_id, account_name
    from dim_account
),

artists_by_month as (
    select
        days.account_id,
        days.artist_id,
        dates.year_num,
        dates.year_month as month,
        dates.month_start_date,
        cast(sum(days.plays) as bigint) as plays,
        cast(sum(days.counted_plays) as bigint) as counted_plays,
        cast(sum(days.skipped_plays) as bigint) as skipped_plays,
        count(*) filter (where days.counted_plays > 0) as days_heard,
        cast(sum(days.ms_listened) as bigint) as ms_listened
    from days
    inner join dates
        on days.date_id = dates.date_id
    group by days.account_id, days.artist_id, dates.year_num, dates.year_month, dates.month_start_date
),

artists_described as (
    select
        -- ids
        artists_by_month.account_id,
        artists_by_month.artist_id,
        artists.location_id,

        -- attributes
        accounts.account_name,
        artists_by_month.year_num,
        artists_by_month.month,
        artists.artist_name,
        artists.primary_genre,
        artists.genre_family,
        artists.popularity_group,
        locations.location_name,
        artists.continent_code,
        artists.continent,
        artists.country_code,
        artists.country,
        artists.state_province,
        artists.city,

        -- numbers
        artists_by_month.plays,
        artists_by_month.counted_plays,
        artists_by_month.skipped_plays,
        artists_by_month.days_heard,
        round(artists_by_month.ms_listened / 6e4, 1) as minutes_listened,
        artists.latitude,
        artists.longitude,

        -- times
        artists_by_month.month_start_date
    from artists_by_month
    inner join artists
        on artists_by_month.artist_id = artists.artist_id
    inner join locations
        on artists.location_id = locations.location_id
    inner join accounts
        on artists_by_month.account_id = accounts.account_id
)

select * from artists_described
