-- Plays in = plays out: every play a source reported is a real play or the duplicate of one, and never both.

with reported as (
    select play_id from stg_spotify_export__plays
    union
    select play_id from stg_spotify_api__plays
    union
    select play_id from stg_spotify_account_data__plays
),

accounted_for as (
    select play_id, 'fact' as place from fct_track_played
    union all
    select play_id, 'duplicate' as place from int_play_duplicates
),

counted as (
    select
        coalesce(reported.play_id, accounted_for.play_id) as play_id,
        count(reported.play_id) as times_reported,
        count(accounted_for.play_id) as times_accounted_for,
        max(accounted_for.place) as place
    from reported
    full outer join accounted_for
        on reported.play_id = accounted_for.play_id
    group by coalesce(reported.play_id, accounted_for.play_id)
)

select *
from counted
where times_reported <> 1
    or times_accounted_for <> 1
