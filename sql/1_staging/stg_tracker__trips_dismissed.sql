-- Trips that people said they never made.
--
-- grain: one row per account, country and first play of the trip
-- kind:  view
-- reads: src_trips_dismissed
-- tests: not_null account_id, country, first_play_at

select
    -- ids
    account_id,

    -- attributes
    country,

    -- times
    first_play_at
from src_trips_dismissed
