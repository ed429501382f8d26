-- What is looked at to tell how good the data of an account is.
--
-- What each measure counts is in `rpt_data_quality`.
--
-- grain: one row per thing looked at
-- kind:  table
-- key:   measure
-- reads: csv_quality_measures
-- tests: unique measure_sort
--        accepted of_plays all, music
--        not_null see, meaning
-- columns:
--   measure  What is looked at.
--   measure_sort  Order of the measures.
--   of_plays  Which plays it is a part of: all, or those of music; empty where it is no part of plays.
--   see  Table that holds the rows.
--   meaning  The same in a sentence.

select
    measure,
    cast(measure_sort as int) as measure_sort,
    of_plays,
    see,
    meaning
from csv_quality_measures
