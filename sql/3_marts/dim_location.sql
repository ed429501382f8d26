-- Places that artists come from, and everything around them.
--
-- A place is an area of MusicBrainz with its district, city, county, state and country; where no more
-- than the country of an artist is known, it is that country. Countries that are no more are
-- themselves.
--
-- grain: one row per place, and one for an unknown place
-- kind:  incremental
-- key:   location_id
-- recompute: whole
-- reads: int_area_levels, int_area_coordinates_chosen, int_artist_facts_chosen, countries
-- tests: not_null location_name, location_kind, coordinates_precision
--        accepted coordinates_precision exact_area, ancestor_area, subdivision, country_centroid, unknown
--        accepted code_kind iso, historic, private, region
--        between latitude -90 90
--        between longitude -180 180
--        expression (latitude is null) = (coordinates_precision = 'unknown')
-- columns:
--   location_id  Key of the place: the MBID of the area, else country: and the code, else unknown.
--   area_id  MBID of the area; empty for a country known by its code alone.
--   location_name  Name of the place itself.
--   location_sort_name  Name to sort by; empty where MusicBrainz was not asked yet.
--   location_kind  What it is: country, subdivision, county, municipality, city, district, island or area.
--   continent_code  Continent of the country, two letters; empty where unknown.
--   continent  Continent of the country.
--   country_code  ISO 3166-1 of the country or territory, or the code MusicBrainz uses for one that is no more.
--   country  Country or territory.
--   code_kind  What the code is: iso, historic (the country is no more), private (not part of ISO 3166-1) or region.
--   state_province_code  ISO 3166-2 of the state, province or region.
--   state_province  State, province or region.
--   county  County.
--   municipality  Municipality.
--   city  City.
--   district  District of a city.
--   island  Island.
--   country_area_id  MBID of the country.
--   state_province_area_id  MBID of the state, province or region.
--   county_area_id  MBID of the county.
--   municipality_area_id  MBID of the municipality.
--   city_area_id  MBID of the city.
--   district_area_id  MBID of the district.
--   island_area_id  MBID of the island.

with areas as (
    select * from int_area_levels
),

coordinates as (
    select area_id, coordinates_precision, coordinates_source, latitude, longitude
    from int_area_coordinates_chosen
),

codes as (
    select country_code, country, continent_code, continent, latitude, longitude, code_kind
    from countries
),

codes_of_artists as (
    select distinct country_code
    from int_artist_facts_chosen
    where country_code is not null
),

locations as (
    select
        -- ids
        areas.area_id as location_id,
        areas.area_id,

        -- attributes
        areas.area_name as location_name,
        areas.sort_name as location_sort_name,
        case
            when areas.area_id = areas.country_area_id then 'country'
            when areas.area_id = areas.district_area_id then 'district'
            when areas.area_id = areas.city_area_id then 'city'
            when areas.area_id = areas.municipality_area_id then 'municipality'
            when areas.area_id = areas.county_area_id then 'county'
            when areas.area_id = areas.island_area_id then 'island'
            when areas.area_id = areas.subdivision_area_id then 'subdivision'
            else 'area'
        end as location_kind,
        areas.continent_code,
        areas.continent,
        areas.country_code,
        areas.country,
        codes.code_kind,
        areas.subdivision_code as state_province_code,
        areas.subdivision as state_province,
        areas.county,
        areas.municipality,
        areas.city,
        areas.district,
        areas.island,
        areas.country_area_id,
        areas.subdivision_area_id as state_province_area_id,
        areas.county_area_id,
        areas.municipality_area_id,
        areas.city_area_id,
        areas.district_area_id,
        areas.island_area_id,
        coordinates.coordinates_precision,
        coordinates.coordinates_source,

        -- numbers
        coordinates.latitude,
        coordinates.longitude
    from areas
    inner join coordinates
        on areas.area_id = coordinates.area_id
    left join codes
        on areas.country_code = codes.country_code
    union all
    select
        'country:' || codes_of_artists.country_code as location_id,
        cast(null as string) as area_id,
        coalesce(codes.country, codes_of_artists.country_code) as location_name,
        codes.country as location_sort_name,
        'country' as location_kind,
        codes.continent_code,
        codes.continent,
        codes_of_artists.country_code,
        coalesce(codes.country, codes_of_artists.country_code) as country,
        codes.code_kind,
        cast(null as string) as state_province_code,
        cast(null as string) as state_province,
        cast(null as string) as county,
        cast(null as string) as municipality,
        cast(null as string) as city,
        cast(null as string) as district,
        cast(null as string) as island,
        cast(null as string) as country_area_id,
        cast(null as string) as state_province_area_id,
        cast(null as string) as county_area_id,
        cast(null as string) as municipality_area_id,
        cast(null as string) as city_area_id,
        cast(null as string) as district_area_id,
        cast(null as string) as island_area_id,
        case when codes.latitude is null then 'unknown' else 'country_centroid' end
            as coordinates_precision,
        cast(null as string) as coordinates_source,
        codes.latitude,
        codes.longitude
    from codes_of_artists
    left join codes
        on codes_of_artists.country_code = codes.country_code
    union all
    select
        'unknown' as location_id,
        cast(null as string) as area_id,
        'Unknown place' as location_name,
        cast(null as string) as location_sort_name,
        'area' as location_kind,
        cast(null as string) as continent_code,
        cast(null as string) as continent,
        cast(null as string) as country_code,
        cast(null as string) as country,
        cast(null as string) as code_kind,
        cast(null as string) as state_province_code,
        cast(null as string) as state_province,
        cast(null as string) as county,
        cast(null as string) as municipality,
        cast(null as string) as city,
        cast(null as string) as district,
        cast(null as string) as island,
        cast(null as string) as country_area_id,
        cast(null as string) as state_province_area_id,
        cast(null as string) as county_area_id,
        cast(null as string) as municipality_area_id,
        cast(null as string) as city_area_id,
        cast(null as string) as district_area_id,
        cast(null as string) as island_area_id,
        'unknown' as coordinates_precision,
        cast(null as string) as coordinates_source,
        cast(null as double) as latitude,
        cast(null as double) as longitude
)

select * from locations
