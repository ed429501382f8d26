-- What a way of finding out which artist of MusicBrainz somebody is is worth: of several, the best counts.
--
-- MusicBrainz itself keeps the address of an artist of Spotify (url), or a recording leads to it (isrc); a
-- name came with its MBID (credits), or was looked up by the titles of its songs, or was searched for.
-- Artists of Spotify are looked up by one title, and only when a search led nowhere; names by two, which
-- tell more than a name that happens to be the only one. `enrich` chooses by the same list.
--
-- grain: one row per kind of subject and way of finding out
-- kind:  table
-- key:   subject_type, link_method
-- reads: csv_link_methods
-- tests: accepted subject_type spotify_artist, artist_name
--        accepted link_method url, isrc, search, names, credits
--        between worth 1 5
-- columns:
--   subject_type  Who is looked for: an artist of Spotify, or a bare name.
--   link_method  How it was found out.
--   worth  The higher, the better.

select
    subject_type,
    link_method,
    cast(worth as int) as worth
from csv_link_methods
