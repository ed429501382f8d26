-- Where areas lie: one answer after the other.
--
-- Whatever is no code of a country, as ISO 3166-1 writes it, is left out.
--
-- grain: one row per answer and area
-- kind:  view
-- reads: src_area_coordinates
-- tests: not_null answer_id, service, area_id, fetched_at
--        accepted service wikidata, nominatim, openweather
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

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
        case when rlike(upper(trim(country_code)), '^[A-Z][A-Z]$') then upper(trim(country_code)) end
            as country_code,
        nullif(trim(place_name), '') as place_name,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        latitude,
        longitude,

        -- times
        fetched_at
    from answers
)

select * from renamed
