-- The numbers that somebody chose when sessions and comebacks were defined.
--
-- Who wants other ones changes them here, in a copy of these files, and builds with `--sql-dir`.
--
-- grain: the only row
-- kind:  table
-- reads: csv_listening_rules
-- tests: not_null session_gap_minutes, comeback_days
--        between session_gap_minutes 1 1440
--        between comeback_days 1 36500
-- columns:
--   session_gap_minutes  Minutes of silence after which another session begins.
--   comeback_days  Days without an artist after which hearing them again is a comeback.

select
    cast(session_gap_minutes as int) as session_gap_minutes,
    cast(comeback_days as int) as comeback_days
from csv_listening_rules
