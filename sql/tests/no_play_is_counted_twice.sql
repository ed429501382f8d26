-- No real play is at the same time the duplicate of another.

select fct_track_played.play_id
from fct_track_played
semi join int_play_duplicates
    on fct_track_played.play_id = int_play_duplicates.play_id
