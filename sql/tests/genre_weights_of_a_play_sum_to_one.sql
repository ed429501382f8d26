-- Every play of music has genres whose weights sum to one, and no play has any without being one.
--
-- recompute: by account_id, track_id

with plays as (
    select account_id, track_id, count(*) as plays
    from fct_track_played
    where is_music
    group by account_id, track_id
),

genres as (
    select account_id, track_id, count(distinct play_id) as plays, sum(weight) as weight
    from fct_artist_genre
    group by account_id, track_id
)

select
    coalesce(plays.account_id, genres.account_id) as account_id,
    coalesce(plays.track_id, genres.track_id) as track_id,
    plays.plays,
    genres.plays as plays_with_genres,
    genres.weight
from plays
full outer join genres
    on plays.account_id = genres.account_id
    and plays.track_id = genres.track_id
where plays.plays is null
    or genres.plays is null
    or plays.plays <> genres.plays
    or abs(genres.weight - plays.plays) > 1e-6 * plays.plays
