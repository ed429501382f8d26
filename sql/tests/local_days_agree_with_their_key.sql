-- The local day of a play is the day its key leads to.
--
-- recompute: by play_id

select
    plays.play_id,
    plays.played_date,
    dim_date.date
from fct_track_played as plays
inner join dim_date
    on plays.date_id = dim_date.date_id
where plays.played_date is distinct from dim_date.date
