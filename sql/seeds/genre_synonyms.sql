-- Other spellings of genres, as people write them in tags.
--
-- grain: one row per spelling
-- kind:  table
-- key:   synonym
-- reads: csv_genre_synonyms
-- tests: unique genre_key
--        references genre genres.genre
-- columns:
--   synonym  How people write it.
--   genre  The genre they mean.
--   genre_key  The spelling without what people spell differently.

select
    synonym,
    genre,
    translate(replace(lower(synonym), '&', 'and'), ' -_./’' || chr(39), '') as genre_key
from csv_genre_synonyms
