-- Who is credited on each track, by the newest play of it that named anyone; the API goes before
-- what other programs tell.
--
-- grain: one row per track and credited artist
-- kind:  incremental
-- key:   track_id, position
-- recompute: by track_id
-- reads: int_play_observations_chosen, stg_tracker__credits
-- tests: not_null artist_name
--        expression artist_key is not null or artist_uri is not null

with plays as (
    select
        observation_id,
        track_id,
        case when source = 'spotify_api' then '1' else '0' end as told_rank,
        unix_millis(coalesce(ended_at, started_at)) as ended_ms
    from int_play_observations_chosen
    where source not in ('spotify_export', 'spotify_account_data')
        and track_id <> 'unknown'
),

credits as (
    select
        observation_id,
        position,
        artist_uri,
        artist_name
    from stg_tracker__credits
    where artist_uri is not null
        or trim(artist_name) <> ''
),

-- The rank and the end with leading zeros sort as text, and the id behind them breaks ties.
newest_plays as (
    select
        plays.track_id,
        substr(
            max(
                plays.told_rank || lpad(cast(plays.ended_ms as string), 16, '0') || plays.observation_id
            ),
            18
        ) as observation_id,
        max(plays.ended_ms) as ended_ms
    from plays
    semi join credits
        on plays.observation_id = credits.observation_id
    group by plays.track_id
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
