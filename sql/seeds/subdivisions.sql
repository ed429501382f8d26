-- States, provinces and regions of countries (ISO 3166-2).
--
-- Codes that were withdrawn stay, since others go on using them. Points come from several sources that
-- were compared with each other and with the borders of states and countries; where none could be
-- trusted there is none.
--
-- grain: one row per code
-- kind:  table
-- key:   subdivision_code
-- reads: csv_subdivisions
-- tests: not_null subdivision, country_code
--        references country_code countries.country_code
--        between latitude -90 90
--        between longitude -180 180
--        expression (latitude is null) = (longitude is null)
-- columns:
--   subdivision_code  ISO 3166-2.
--   country_code  ISO 3166-1 of its country.
--   subdivision  Name, in English where there is one.
--   latitude  Of a point in the middle, in degrees; empty where unknown.
--   longitude  Of a point in the middle, in degrees; empty where unknown.

select
    subdivision_code,
    country_code,
    subdivision,
    cast(latitude as double) as latitude,
    cast(longitude as double) as longitude
from csv_subdivisions
