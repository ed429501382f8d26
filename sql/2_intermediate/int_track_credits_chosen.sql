-- Who is credited on each track, by the newest API play of it that named anyone.
--
-- grain: one row per track and credited artist
-- kind:  incremental
-- key:   track_id, position
-- recompute: by track_id
-- reads: int_play_observations_chosen, stg_spotify_api__credits
-- tests: not_null artist_name
--        expression artist_key is not null or artist_uri is not null

with api_plays as (
    select
        observation_id,
        track_id,
        unix_millis(ended_at) as ended_ms
    from int_play_observations_chosen
    where source = 'spotify_api'
        and track_id <> 'unknown'
),

credits as (
    select
        observation_id,
        position,
        artist_uri,
        artist_name
    from stg_spotify_api__credits
),

-- The end with leading zeros sorts as text, and the id behind it breaks ties.
newest_plays as (
    select
        api_plays.track_id,
        substr(
            max(lpad(cast(api_plays.ended_ms as string), 16, '0') || api_plays.observation_id), 17
        ) as observation_id,
        max(api_plays.ended_ms) as ended_ms
    from api_plays
    semi join credits
        on api_plays.observation_id = credits.observation_id
    group by api_plays.track_id
),

credits_chosen as (
    select
        -- ids
        newest_plays.track_id,
        credits.artist_uri,

        -- attributes
        credits.artist_name,
        nullif(lower(trim(credits.artist_name)), '') as artist_key,

        -- numbers
        credits.position,
        newest_plays.ended_ms
    from newest_plays
    inner join credits
        on newest_plays.observation_id = credits.observation_id
)

select * from credits_chosen
