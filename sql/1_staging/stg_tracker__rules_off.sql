-- Rules of matching that people switched off.
--
-- grain: one row per rule
-- kind:  view
-- key:   rule
-- reads: src_rules_off

select
    rule,
    reason
from src_rules_off
