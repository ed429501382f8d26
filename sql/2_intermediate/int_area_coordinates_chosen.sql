-- Where each area lies, and how exactly that is known.
--
-- What services say about the area itself: Wikidata, then Nominatim, then OpenWeather, each the newest
-- answer. Else the nearest area around it of which that is known, short of the country; else the
-- middle of its state or province, else of its country.
--
-- grain: one row per area
-- kind:  table
-- key:   area_id
-- reads: int_area_levels, int_area_ancestors, stg_enrichment__area_coordinates, countries, subdivisions
-- tests: accepted coordinates_precision exact_area, ancestor_area, subdivision, country_centroid, unknown
--        expression (latitude is null) = (longitude is null)
--        expression (latitude is null) = (coordinates_precision = 'unknown')
--        between latitude -90 90
--        between longitude -180 180
-- columns:
--   coordinates_precision  What the coordinates are of: exact_area (the place), ancestor_area (something around it), subdivision, country_centroid, or unknown.
--   coordinates_source  Who told them: wikidata (CC0), nominatim (© OpenStreetMap contributors, ODbL) or openweather; empty for a point in the middle of a subdivision or country.
--   latitude  Degrees north; empty where unknown.
--   longitude  Degrees east; empty where unknown.

with areas as (
    select area_id, country_area_id, subdivision_code, country_code
    from int_area_levels
),

-- The point where equator and prime meridian cross is what services say when they know nothing.
answers as (
    select
        area_id,
        service,
        latitude,
        longitude,
        row_number() over (
            partition by area_id
            order by
                case service when 'wikidata' then 1 when 'nominatim' then 2 else 3 end,
                told_order desc,
                latitude,
                longitude
        ) as choice
    from stg_enrichment__area_coordinates
    where latitude between -90 and 90
        and longitude between -180 and 180
        and not (latitude = 0 and longitude = 0)
),

own_points as (
    select area_id, service, latitude, longitude
    from answers
    where choice = 1
),

points_around as (
    select
        ancestors.area_id,
        own_points.service,
        own_points.latitude,
        own_points.longitude,
        row_number() over (
            partition by ancestors.area_id
            order by cast(ancestors.is_ended as int), ancestors.steps, ancestors.ancestor_id
        ) as choice
    from int_area_ancestors as ancestors
    inner join own_points
        on ancestors.ancestor_id = own_points.area_id
    left join areas as around
        on ancestors.ancestor_id = around.area_id
    where around.country_area_id is null
        or around.country_area_id <> ancestors.ancestor_id
),

points as (
    select
        areas.area_id,
        case
            when own_points.area_id is not null and areas.area_id = areas.country_area_id
                then 'country_centroid'
            when own_points.area_id is not null then 'exact_area'
            when points_around.area_id is not null then 'ancestor_area'
            when subdivisions.latitude is not null then 'subdivision'
            when countries.latitude is not null then 'country_centroid'
            else 'unknown'
        end as coordinates_precision,
        own_points.service as own_service,
        own_points.latitude as own_latitude,
        own_points.longitude as own_longitude,
        points_around.service as around_service,
        points_around.latitude as around_latitude,
        points_around.longitude as around_longitude,
        subdivisions.latitude as subdivision_latitude,
        subdivisions.longitude as subdivision_longitude,
        countries.latitude as country_latitude,
        countries.longitude as country_longitude
    from areas
    left join own_points
        on areas.area_id = own_points.area_id
    left join points_around
        on areas.area_id = points_around.area_id
        and points_around.choice = 1
    left join subdivisions
        on areas.subdivision_code = subdivisions.subdivision_code
    left join countries
        on areas.country_code = countries.country_code
),

coordinates as (
    select
        -- ids
        area_id,

        -- attributes
        coordinates_precision,
        case
            when own_service is not null then own_service
            when coordinates_precision = 'ancestor_area' then around_service
        end as coordinates_source,

        -- numbers
        coalesce(own_latitude, around_latitude, subdivision_latitude, country_latitude) as latitude,
        coalesce(own_longitude, around_longitude, subdivision_longitude, country_longitude)
            as longitude
    from points
)

select * from coordinates
