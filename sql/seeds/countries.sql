-- Countries and territories, each with its continent and a point in its middle.
--
-- Territories with a code of their own stand for themselves. Codes that ISO 3166-1 withdrew, and
-- those that MusicBrainz uses beside it, are told apart by `code_kind`.
--
-- grain: one row per code
-- kind:  table
-- key:   country_code
-- reads: csv_countries
-- tests: not_null country
--        accepted code_kind iso, historic, private, region
--        between latitude -90 90
--        between longitude -180 180
--        expression (latitude is null) = (longitude is null)
-- columns:
--   country_code  ISO 3166-1, two letters; else the code MusicBrainz uses.
--   country  Name in English.
--   continent_code  Two letters (AF, AN, AS, EU, NA, OC, SA); empty for the whole world.
--   continent  Name in English.
--   latitude  Of a point in the middle, in degrees.
--   longitude  Of a point in the middle, in degrees.
--   code_kind  iso, historic (the country is no more), private (not part of ISO 3166-1) or region (no country).

select
    country_code,
    country,
    continent_code,
    continent,
    cast(latitude as double) as latitude,
    cast(longitude as double) as longitude,
    code_kind
from csv_countries
