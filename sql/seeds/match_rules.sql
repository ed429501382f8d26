-- When two reports from different sources are the same play.
-- Ends compare with ends. A minute is the whole minute that an end fell into; the tolerance
-- then counts from its edges. Rules act from their first round on, on what is left.
--
-- grain: one row per rule
-- kind:  table
-- key:   rule
-- reads: csv_match_rules
-- tests: accepted clock end, minute
--        accepted recording uri, isrc, names, title, artist, none
--        between tolerance_ms 0 60000
--        between tolerance_played_ms 0 1000
--        between first_round 1 8
-- columns:
--   rule  Name of the rule, as the duplicates carry it.
--   source  Source whose report gives way.
--   canonical_source  Source whose report stays.
--   recording  What must agree about the recording: its URI, its ISRC, title and artist, the title, the artist, or nothing.
--   clock  What is compared: the ends, or the minute of the end.
--   tolerance_ms  How far apart the two may be, in milliseconds.
--   tolerance_played_ms  How far apart the listening times may be, in milliseconds; empty where the two cannot be compared.
--   first_round  Round from which the rule acts.

select
    rule,
    source,
    canonical_source,
    recording,
    clock,
    cast(tolerance_s as bigint) * 1000 as tolerance_ms,
    cast(tolerance_played_ms as bigint) as tolerance_played_ms,
    cast(first_round as int) as first_round
from csv_match_rules
