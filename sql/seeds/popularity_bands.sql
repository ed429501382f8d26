-- What a popularity from 0 to 100 is called in words.
--
-- grain: one row per band
-- kind:  table
-- key:   popularity_sort
-- reads: csv_popularity_bands
-- tests: not_null popularity_group
--        unique popularity_group
--        expression (popularity_from is null) = (popularity_group = 'No data')
-- columns:
--   popularity_group  The popularity in words, from Extremely Popular to Not Popular; No data where nobody tells.
--   popularity_from  The lowest popularity in the band.
--   popularity_to  The highest popularity in the band.
--   popularity_sort  Order of the bands, the most popular first; 7 where nobody tells.

select
    popularity_group,
    cast(popularity_from as int) as popularity_from,
    cast(popularity_to as int) as popularity_to,
    cast(popularity_sort as int) as popularity_sort
from csv_popularity_bands
