-- The time zones of each country, the one most people live in first, names of old days last.
--
-- From zone.tab and the links of the IANA time zone database (public domain), and Kosovo, which it leaves
-- out. An old name (US/Pacific) is in the country of the zone it stands for.
--
-- grain: one row per country and zone
-- kind:  table
-- key:   country, zone
-- reads: csv_country_zones
-- tests: unique country, position
--        not_null country_name
--        between position 1 100
-- columns:
--   country  ISO 3166-1, two letters.
--   country_name  Name in English.
--   position  Place by population, from 1; old names come behind.
--   zone  IANA name.

select
    country,
    country_name,
    cast(position as int) as position,
    zone
from csv_country_zones
