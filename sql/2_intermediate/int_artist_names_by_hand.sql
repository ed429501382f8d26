-- What people said that artists are called.
--
-- grain: one row per artist that a person renamed or masked
-- kind:  view
-- reads: int_artist_corrections_identified
-- columns:
--   new_name  Name a person gave; empty where only an alias was given.
--   mask_name  Alias that hides the name; empty where the artist is not masked.

with names_by_hand as (
    select
        artist_id,
        max(case when action = 'rename' then value end) as new_name,
        max(case when action = 'mask' then value end) as mask_name
    from int_artist_corrections_identified
    where action in ('rename', 'mask')
    group by artist_id
)

select * from names_by_hand
