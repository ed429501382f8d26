-- Listens that other programs told, with the first artist they credit.
--
-- ListenBrainz, Last.fm and what was submitted straight here seldom name an album artist; the
-- first credit then stands in, so that equal titles of different artists stay apart.
--
-- grain: one row per observation
-- kind:  incremental
-- key:   observation_id
-- recompute: by play_id
-- reads: stg_submitted__plays, stg_listenbrainz__plays, stg_lastfm__plays, stg_tracker__credits
-- columns:
--   started_at  When the play began (UTC): as the source tells it, else worked out from the end and the time heard or the length.
--   ended_at  When the play ended (UTC): as the source tells it, else worked out from the start and the time heard or the length; empty where neither is known.
--   first_artist_name  First artist that the listen credits; else the album artist.

-- The staging models of plays have the same columns in the same order.
with listens as (
    select * from stg_submitted__plays
    union all
    select * from stg_listenbrainz__plays
    union all
    select * from stg_lastfm__plays
),

first_credits as (
    select
        credits.observation_id,
        nullif(trim(credits.artist_name), '') as artist_name
    from stg_tracker__credits as credits
    semi join listens
        on credits.observation_id = listens.observation_id
    where credits.position = 1
),

listens_with_artist as (
    select
        listens.*,
        coalesce(first_credits.artist_name, listens.album_artist_name) as first_artist_name
    from listens
    left join first_credits
        on listens.observation_id = first_credits.observation_id
)

select * from listens_with_artist
