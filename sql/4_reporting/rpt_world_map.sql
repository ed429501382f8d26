-- Where in the world do the artists come from?
--
-- One row for each place and one for each country; plays of artists whose place is unknown are in a row
-- of their own on both levels. A country's point is the middle of the country, never the mean of its
-- places, which may lie on both sides of the date line.
--
-- grain: one row per account, level of the map and place or country
-- kind:  table
-- key:   account_id, map_level, map_id
-- reads: fct_track_played, dim_artist, dim_location, dim_account, countries
-- sort:  account_id, map_level, map_id
-- tests: accepted map_level place, country
--        between latitude -90 90
--        between longitude -180 180
--        expression (latitude is null) = (longitude is null)
-- columns:
--   map_level  What the row is: a place, or a country with all its places.
--   map_id  Key of the place, or code (else name) of the country; unknown where none is known.
--   map_name  Name of the place or country.
--   plays  Plays of music by first artists from there, whether they count or not.
--   counted_plays  Those that count by the account's rule.
--   artists  Different artists.
--   ms_listened  Milliseconds heard, reported or estimated.
--   minutes_listened  Minutes heard, reported or estimated.

with plays as (
    select
        account_id,
        artist_id,
        count(*) as plays,
        count(*) filter (where is_counted) as counted_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened
    from fct_track_played
    where is_music
    group by account_id, artist_id
),

artists as (
    select artist_id, artist_group_id, location_id
    from dim_artist
),

locations as (
    select
        location_id,
        location_name,
        continent_code,
        continent,
        country_code,
        country,
        state_province,
        city,
        coordinates_precision,
        latitude,
        longitude
    from dim_location
),

accounts as (
    select account_id, account_name
    from dim_account
),

middles as (
    select country_code, latitude, longitude
    from countries
),

plays_by_place as (
    select
        plays.account_id,
        plays.plays,
        plays.counted_plays,
        plays.ms_listened,
        case when artists.artist_id <> 'unknown' then artists.artist_group_id end as artist_group_id,
        artists.location_id,
        coalesce(locations.country_code, locations.country, 'unknown') as country_id
    from plays
    inner join artists
        on plays.artist_id = artists.artist_id
    inner join locations
        on artists.location_id = locations.location_id
),

places as (
    select
        account_id,
        location_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        count(distinct artist_group_id) as artists,
        cast(sum(ms_listened) as bigint) as ms_listened
    from plays_by_place
    group by account_id, location_id
),

countries_heard as (
    select
        account_id,
        country_id,
        cast(sum(plays) as bigint) as plays,
        cast(sum(counted_plays) as bigint) as counted_plays,
        count(distinct artist_group_id) as artists,
        cast(sum(ms_listened) as bigint) as ms_listened
    from plays_by_place
    group by account_id, country_id
),

country_names as (
    select
        coalesce(country_code, country) as country_id,
        max(country_code) as country_code,
        max(country) as country,
        max(continent_code) as continent_code,
        max(continent) as continent
    from locations
    where coalesce(country_code, country) is not null
    group by coalesce(country_code, country)
),

points as (
    select
        places.account_id,
        'place' as map_level,
        places.location_id as map_id,
        locations.location_name as map_name,
        locations.continent_code,
        locations.continent,
        locations.country_code,
        locations.country,
        locations.state_province,
        locations.city,
        locations.coordinates_precision,
        places.plays,
        places.counted_plays,
        places.artists,
        places.ms_listened,
        locations.latitude,
        locations.longitude
    from places
    inner join locations
        on places.location_id = locations.location_id
    union all
    select
        countries_heard.account_id,
        'country' as map_level,
        countries_heard.country_id as map_id,
        coalesce(country_names.country, 'Unknown place') as map_name,
        country_names.continent_code,
        country_names.continent,
        country_names.country_code,
        country_names.country,
        cast(null as string) as state_province,
        cast(null as string) as city,
        case when middles.latitude is null then 'unknown' else 'country_centroid' end
            as coordinates_precision,
        countries_heard.plays,
        countries_heard.counted_plays,
        countries_heard.artists,
        countries_heard.ms_listened,
        middles.latitude,
        middles.longitude
    from countries_heard
    left join country_names
        on countries_heard.country_id = country_names.country_id
    left join middles
        on country_names.country_code = middles.country_code
),

world_map as (
    select
        -- ids
        points.account_id,
        points.map_id,

        -- attributes
        accounts.account_name,
        points.map_level,
        points.map_name,
        points.continent_code,
        points.continent,
        points.country_code,
        points.country,
        points.state_province,
        points.city,
        points.coordinates_precision,

        -- numbers
        points.plays,
        points.counted_plays,
        points.artists,
        points.ms_listened,
        round(points.ms_listened / 6e4, 1) as minutes_listened,
        points.latitude,
        points.longitude
    from points
    inner join accounts
        on points.account_id = accounts.account_id
)

select * from world_map
