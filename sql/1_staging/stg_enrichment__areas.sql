-- Areas of MusicBrainz: one answer after the other.
--
-- Whatever is no code of a country, as ISO 3166-1 writes it, is left out.
--
-- grain: one row per answer and area
-- kind:  view
-- reads: src_areas
-- tests: not_null answer_id, area_id, fetched_at
-- columns:
--   country_code  Code of the country (ISO 3166-1, two letters); empty for anything else.
--   subdivision_code  Code of the state, province or region (ISO 3166-2); empty for anything else.
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        area_id,
        asked_id,
        wikidata_id,
        area_name,
        sort_name,
        area_type,
        iso_3166_1,
        iso_3166_2,
        disambiguation,
        is_ended,
        fetched_at
    from src_areas
),

renamed as (
    select
        -- ids
        answer_id,
        area_id,
        asked_id,
        wikidata_id,

        -- attributes
        nullif(trim(area_name), '') as area_name,
        nullif(trim(sort_name), '') as sort_name,
        nullif(trim(area_type), '') as area_type,
        case when rlike(upper(trim(iso_3166_1)), '^[A-Z][A-Z]$') then upper(trim(iso_3166_1)) end
            as country_code,
        nullif(upper(trim(iso_3166_2)), '') as subdivision_code,
        nullif(trim(disambiguation), '') as disambiguation,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- booleans
        is_ended,

        -- times
        fetched_at
    from answers
)

select * from renamed
