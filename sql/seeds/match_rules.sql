-- When two reports from different sources are the same play.
--
-- Starts compare with starts and ends with ends; `clock` says which, and why is a matter of what
-- the two sources know:
-- Spotify tells ends. API and export are compared by them, and so are the listens that ListenBrainz
-- copied from the API of Spotify, which carry its ends. A minute is the whole minute that an end of
-- account data fell into; a tolerance counts from its edges.
-- Everyone else tells starts. The start of an export play is its end less the time heard; pauses are
-- not heard, so that a listen may have begun earlier (two minutes), while clocks of devices may be
-- late (one minute). The start of an API play is its end less the whole length; where the song was
-- skipped, the listen began later than that (up to ten minutes, and never after the end: within
-- one play no other of the same song begins). A longer track that was skipped is known by its end:
-- the API's is the moment at which the next listen began (ten seconds; `until_next`). Or by its
-- neighbours, where the API and the program tell the same play before it: it began when that one ended
-- (ten seconds; `since_last`), or both tell the same one after it, too, which began within ten minutes
-- of the end (`between`). Or it is what the listen says: ten minutes at most were heard of it, and the
-- program told nothing else until its end (`heard`). The first three tell of a play of an export that was paused for longer: between
-- the end of the play before it and its own it was silent or paused, and nothing else. Two programs that tell the start of the same play hardly differ (half a minute).
-- Servers that play one's own files (`except_clients`, by the names with which they submit; Jellyfin by
-- that of its plugin) do not play Spotify: what they tell is never a play of Spotify, only a listen that
-- came here on two ways.
-- The greater a tolerance, the more real repeats run together: where nothing else bounds them, these
-- are kept below the length of a song. Rules act from their first round on, on what is left.
--
-- grain: one row per rule
-- kind:  table
-- key:   rule
-- reads: csv_match_rules
-- tests: accepted clock start, end, minute, previous_end, between, heard
--        accepted source_clock start, end
--        accepted canonical_clock start, end
--        accepted recording uri, isrc, mbid, names, title, artist, none
--        between tolerance_ms 0 600000
--        between tolerance_late_ms 0 600000
--        between tolerance_played_ms 0 1000
--        between first_round 1 8
--        not_null is_enabled
-- columns:
--   rule  Name of the rule, as the duplicates carry it.
--   source  Source whose report gives way.
--   source_clock  Which end of the play that report tells.
--   client  The only program whose reports the rule is for; empty for any.
--   except_clients  Programs whose reports it is not for, with semicolons.
--   canonical_source  Source whose report stays.
--   canonical_clock  Which end of the play the report that stays tells.
--   recording  What must agree about the recording: its URI, its ISRC, its MBID, title and artist, the title, the artist, or nothing.
--   clock  What is compared: the starts, the ends, the minute of the end, the start with the end of the play before (`previous_end`), the ends between the same neighbours (`between`), or the start with the end (`heard`).
--   tolerance_ms  How far apart the two may be, in milliseconds.
--   tolerance_late_ms  How much later the report that gives way may be, where that is another number.
--   tolerance_played_ms  How far apart the listening times may be, in milliseconds; empty where the two cannot be compared.
--   first_round  Round from which the rule acts.
--   is_enabled  Whether the rule acts at all.

select
    rule,
    source,
    source_clock,
    client,
    except_clients,
    canonical_source,
    canonical_clock,
    recording,
    clock,
    cast(tolerance_s as bigint) * 1000 as tolerance_ms,
    cast(coalesce(tolerance_late_s, tolerance_s) as bigint) * 1000 as tolerance_late_ms,
    cast(tolerance_played_ms as bigint) as tolerance_played_ms,
    cast(first_round as int) as first_round,
    cast(is_enabled as boolean) as is_enabled
from csv_match_rules
