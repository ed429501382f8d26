-- Every dimension has exactly one unknown row.

with unknown_rows as (
    select 'dim_account' as dimension, count(*) as unknown_rows from dim_account where account_id = 'unknown'
    union all
    select 'dim_album' as dimension, count(*) as unknown_rows from dim_album where album_id = 'unknown'
    union all
    select 'dim_artist' as dimension, count(*) as unknown_rows from dim_artist where artist_id = 'unknown'
    union all
    select 'dim_context' as dimension, count(*) as unknown_rows from dim_context where context_id = 'unknown'
    union all
    select 'dim_date' as dimension, count(*) as unknown_rows from dim_date where date_id = -1
    union all
    select 'dim_genre' as dimension, count(*) as unknown_rows from dim_genre where genre_id = 'unknown'
    union all
    select 'dim_location' as dimension, count(*) as unknown_rows from dim_location where location_id = 'unknown'
    union all
    select 'dim_time' as dimension, count(*) as unknown_rows from dim_time where time_id = -1
    union all
    select 'dim_track' as dimension, count(*) as unknown_rows from dim_track where track_id = 'unknown'
)

select *
from unknown_rows
where unknown_rows <> 1
