-- Everything any source said about a play, side by side.
--
-- The staging models of plays have the same columns in the same order.
--
-- grain: one row per observation
-- kind:  view
-- reads: stg_spotify_export__plays, stg_spotify_api__plays, stg_spotify_account_data__plays

with observations as (
    select * from stg_spotify_export__plays
    union all
    select * from stg_spotify_api__plays
    union all
    select * from stg_spotify_account_data__plays
)

select * from observations
