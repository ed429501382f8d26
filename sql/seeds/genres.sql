-- The names of genres that count as genres, and the family each belongs to.
--
-- Spelled as MusicBrainz spells them. Tags of people are compared by `genre_key`, which makes
-- light of capitals, spaces, hyphens and `&`.
--
-- grain: one row per genre
-- kind:  table
-- key:   genre
-- reads: csv_genres
-- tests: unique genre_key
--        not_null genre_family
--        expression genre = lower(genre)
--        accepted genre_family rock, pop, electronic, 'hip hop', r&b, jazz, classical, folk, metal, punk, country, latin, blues, reggae, world, experimental, 'easy listening', religious, 'stage and screen', spoken, other
-- columns:
--   genre  Name, in lower case.
--   genre_family  Family for charts, such as rock or electronic.
--   genre_key  The name without what people spell differently.

select
    genre,
    genre_family,
    translate(replace(lower(genre), '&', 'and'), ' -_./’' || chr(39), '') as genre_key
from csv_genres
