-- Which district, city, county, subdivision and country each area is, or lies in.
--
-- Of several of one kind the nearest counts that the area is still part of. A country is whatever has a
-- code of its own (ISO 3166-1), so islands and dependent territories are themselves; countries that are
-- no more stay what they were. Of subdivisions, one with a code (ISO 3166-2) goes first; only where there is
-- none, a city or a county that has one (Berlin; boroughs of London have one, too). Where no country is
-- known, the code of the subdivision tells it, else whoever knows where the area lies.
--
-- grain: one row per area
-- kind:  table
-- key:   area_id
-- reads: int_areas_described, int_area_ancestors, stg_enrichment__area_coordinates, countries,
--        subdivisions
-- tests: not_null area_name
-- columns:
--   district_area_id  MBID of the district that the area is or lies in; empty where none is known.
--   city_area_id  MBID of the city that the area is or lies in; empty where none is known.
--   municipality_area_id  MBID of the municipality that the area is or lies in; empty where none is known.
--   county_area_id  MBID of the county that the area is or lies in; empty where none is known.
--   island_area_id  MBID of the island that the area is or lies in; empty where none is known.
--   subdivision_area_id  MBID of the state, province or region that the area is or lies in; empty where none is known.
--   country_area_id  MBID of the country that the area is or lies in; empty where none is known.
--   district  Name of the district that the area is or lies in; empty where none is known.
--   city  Name of the city that the area is or lies in; empty where none is known.
--   municipality  Name of the municipality that the area is or lies in; empty where none is known.
--   county  Name of the county that the area is or lies in; empty where none is known.
--   island  Name of the island that the area is or lies in; empty where none is known.
--   subdivision  Name of the state, province or region that the area is or lies in; empty where none is known.
--   subdivision_code  Code of that state, province or region (ISO 3166-2); empty where unknown.
--   country  Country or territory that the area is or lies in, in English; empty where none is known.
--   country_code  Code of that country or territory (ISO 3166-1, or the one MusicBrainz uses); empty where unknown.
--   continent_code  Continent of that country, two letters; empty where unknown.
--   continent  Continent of that country, in English; empty where unknown.

with areas as (
    select
        area_id,
        area_name,
        sort_name,
        area_type,
        country_code,
        subdivision_code
    from int_areas_described
),

areas_around as (
    select
        area_id,
        area_id as ancestor_id,
        0 as nearness
    from areas
    union all
    select
        area_id,
        ancestor_id,
        case when is_ended then 100 + steps else steps end as nearness
    from int_area_ancestors
),

kinds as (
    select
        areas_around.area_id,
        areas_around.ancestor_id,
        around.area_name,
        around.country_code,
        around.subdivision_code,
        case
            when around.country_code is not null or around.area_type = 'Country' then 'country'
            when around.area_type = 'City' then 'city'
            when around.area_type = 'District' then 'district'
            when around.area_type = 'Municipality' then 'municipality'
            when around.area_type = 'County' then 'county'
            when around.area_type = 'Island' then 'island'
            when around.area_type = 'Subdivision' then 'subdivision'
        end as kind,
        areas_around.nearness
    from areas_around
    inner join areas as around
        on areas_around.ancestor_id = around.area_id
),

-- Whatever has the code of a subdivision may be one as well: a city (Berlin), where no subdivision with a
-- code is around it (London, Manchester and Dublin have one).
kinds_and_subdivisions as (
    select
        area_id,
        ancestor_id,
        area_name,
        country_code,
        subdivision_code,
        kind,
        case when subdivision_code is null then 3 else 1 end as subdivision_rank,
        nearness
    from kinds
    where kind is not null
    union all
    select
        area_id,
        ancestor_id,
        area_name,
        country_code,
        subdivision_code,
        'subdivision' as kind,
        2 as subdivision_rank,
        nearness
    from kinds
    where coalesce(kind, '') not in ('country', 'subdivision')
        and subdivision_code is not null
),

kinds_ranked as (
    select
        kinds_and_subdivisions.*,
        row_number() over (
            partition by area_id, kind
            order by
                cast(nearness >= 100 as int),
                case when kind = 'country' then cast(country_code is null as int) else 0 end,
                case when kind = 'subdivision' then subdivision_rank else 0 end,
                nearness,
                area_name,
                ancestor_id
        ) as choice
    from kinds_and_subdivisions
),

levels as (
    select
        area_id,
        max(case when kind = 'district' then area_name end) as district,
        max(case when kind = 'district' then ancestor_id end) as district_area_id,
        max(case when kind = 'city' then area_name end) as city,
        max(case when kind = 'city' then ancestor_id end) as city_area_id,
        max(case when kind = 'municipality' then area_name end) as municipality,
        max(case when kind = 'municipality' then ancestor_id end) as municipality_area_id,
        max(case when kind = 'county' then area_name end) as county,
        max(case when kind = 'county' then ancestor_id end) as county_area_id,
        max(case when kind = 'island' then area_name end) as island,
        max(case when kind = 'island' then ancestor_id end) as island_area_id,
        max(case when kind = 'subdivision' then area_name end) as subdivision,
        max(case when kind = 'subdivision' then ancestor_id end) as subdivision_area_id,
        max(case when kind = 'subdivision' then subdivision_code end) as subdivision_code,
        max(case when kind = 'country' then area_name end) as country,
        max(case when kind = 'country' then ancestor_id end) as country_area_id,
        max(case when kind = 'country' then country_code end) as country_code
    from kinds_ranked
    where choice = 1
    group by area_id
),

countries_told as (
    select
        area_id,
        max_by(
            country_code,
            case service when 'wikidata' then '3' when 'nominatim' then '2' else '1' end || told_order
                || country_code
        ) as country_code
    from stg_enrichment__area_coordinates
    where country_code is not null
    group by area_id
),

areas_placed as (
    select
        areas.area_id,
        areas.area_name,
        areas.sort_name,
        areas.area_type,
        levels.district,
        levels.district_area_id,
        levels.city,
        levels.city_area_id,
        levels.municipality,
        levels.municipality_area_id,
        levels.county,
        levels.county_area_id,
        levels.island,
        levels.island_area_id,
        levels.subdivision,
        levels.subdivision_area_id,
        levels.subdivision_code,
        levels.country,
        levels.country_area_id,
        coalesce(
            levels.country_code,
            -- A country without a code is one all the same.
            case
                when levels.country_area_id is null
                    then coalesce(subdivisions.country_code, countries_told.country_code)
            end
        ) as country_code
    from areas
    left join levels
        on areas.area_id = levels.area_id
    left join subdivisions
        on levels.subdivision_code = subdivisions.subdivision_code
    left join countries_told
        on areas.area_id = countries_told.area_id
),

areas_with_continent as (
    select
        -- ids
        areas_placed.area_id,
        areas_placed.district_area_id,
        areas_placed.city_area_id,
        areas_placed.municipality_area_id,
        areas_placed.county_area_id,
        areas_placed.island_area_id,
        areas_placed.subdivision_area_id,
        areas_placed.country_area_id,

        -- attributes
        areas_placed.area_name,
        areas_placed.sort_name,
        areas_placed.area_type,
        areas_placed.district,
        areas_placed.city,
        areas_placed.municipality,
        areas_placed.county,
        areas_placed.island,
        areas_placed.subdivision,
        areas_placed.subdivision_code,
        coalesce(countries.country, areas_placed.country, areas_placed.country_code) as country,
        areas_placed.country_code,
        countries.continent_code,
        countries.continent
    from areas_placed
    left join countries
        on areas_placed.country_code = countries.country_code
)

select * from areas_with_continent
