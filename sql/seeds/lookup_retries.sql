-- After how many days a look-up that led to nothing is worth another one.
--
-- grain: one row per outcome
-- kind:  table
-- key:   outcome
-- reads: csv_lookup_retries
-- tests: between retry_days 1 3650
-- columns:
--   outcome  What came of a look-up: none, ambiguous or refused.
--   retry_days  Days until it may be asked again.

select
    outcome,
    cast(retry_days as int) as retry_days
from csv_lookup_retries
