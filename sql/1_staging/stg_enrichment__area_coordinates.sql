-- Where areas lie: one answer after the other.
--
-- grain: one row per answer and area
-- kind:  view
-- reads: src_area_coordinates
-- tests: not_null answer_id, service, area_id, fetched_at
--        accepted service wikidata, nominatim, openweather

with answers as (
    select
        answer_id,
        area_id,
        service,
        country_code,
        place_name,
        latitude,
        longitude,
        fetched_at
    from src_area_coordinates
),

renamed as (
    select
        -- ids
        answer_id,
        area_id,

        -- attributes
        service,
        upper(country_code) as country_code,
        place_name,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        latitude,
        longitude,

        -- times
        fetched_at
    from answers
)

select * from renamed
