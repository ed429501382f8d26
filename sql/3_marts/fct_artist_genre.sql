-- Every play of music with the genres of the artists credited on its track.
--
-- The weights of one play sum to 1, so plays and minutes by genre add up to all plays and minutes:
-- sum `weight` or `ms_listened_weighted`, and count nothing twice. A play of nobody whose genre is known
-- has the unknown genre.
--
-- grain: one row per play of music and genre
-- kind:  incremental
-- key:   play_id, genre_id
-- recompute: by play_id through track_id
-- reads: fct_track_played, int_track_genres
-- sort:  account_id, date_id, time_id
-- split: played_date
-- tests: not_null account_id, track_id, artist_id, date_id, weight, is_counted
--        references genre_id dim_genre.genre_id
--        references artist_id dim_artist.artist_id
--        references track_id dim_track.track_id
--        references album_id dim_album.album_id
--        references account_id dim_account.account_id
--        references date_id dim_date.date_id
--        references time_id dim_time.time_id
--        expression weight > 0 and weight <= 1 + 1e-9
-- columns:
--   genre_id  Key of the genre; unknown where none is known.
--   weight  Part of the play that is of this genre, 0 to 1.
--   ms_listened_weighted  That part of the milliseconds listened; empty where these are unknown.

with plays as (
    select
        play_id,
        account_id,
        track_id,
        artist_id,
        album_id,
        date_id,
        time_id,
        ms_listened,
        duration_ms,
        is_counted,
        played_date
    from fct_track_played
    where is_music
),

track_genres as (
    select track_id, genre, weight
    from int_track_genres
),

plays_by_genre as (
    select
        -- ids
        plays.play_id,
        coalesce(track_genres.genre, 'unknown') as genre_id,
        plays.account_id,
        plays.track_id,
        plays.artist_id,
        plays.album_id,
        plays.date_id,
        plays.time_id,

        -- numbers
        coalesce(track_genres.weight, 1e0) as weight,
        round(plays.ms_listened * coalesce(track_genres.weight, 1e0), 3) as ms_listened_weighted,
        plays.duration_ms,

        -- booleans
        plays.is_counted,

        -- times
        plays.played_date
    from plays
    left join track_genres
        on plays.track_id = track_genres.track_id
)

select * from plays_by_genre
