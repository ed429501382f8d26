-- Plays in = plays out: every play a source reported is a real play, the duplicate of one, or left out by a correction.
--
-- recompute: by play_id

with reported as (
    select play_id, source from stg_spotify_export__plays
    union all
    select play_id, source from stg_spotify_api__plays
    union all
    select play_id, source from stg_spotify_account_data__plays
    union all
    select play_id, source from stg_submitted__plays
    union all
    select play_id, source from stg_listenbrainz__plays
    union all
    select play_id, source from stg_lastfm__plays
),

left_out as (
    select play_id
    from int_plays_corrected
    where action = 'exclude'
)

select
    reported.play_id,
    reported.source
from reported
anti join fct_track_played
    on reported.play_id = fct_track_played.play_id
anti join int_play_duplicates
    on reported.play_id = int_play_duplicates.play_id
anti join left_out
    on reported.play_id = left_out.play_id
