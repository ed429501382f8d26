-- Who is credited on each track, by the newest that named anyone: Spotify, in a play or an answer
-- about the track, goes before what other programs tell of a play.
--
-- grain: one row per track and credited artist
-- kind:  incremental
-- key:   track_id, position
-- recompute: whole
-- reads: int_play_observations_chosen, stg_tracker__credits, stg_enrichment__track_credits
-- tests: not_null artist_name
--        expression artist_key is not null or artist_uri is not null
-- columns:
--   track_id  Key of the track.
--   artist_uri  Spotify URI of the artist; empty where nobody told it.
--   artist_mbid  MBID of the artist at MusicBrainz; empty where nobody told it.
--   artist_key  The same name to compare by: in lower case, without spaces around it.
--   ended_ms  When the credit was told: the end of the play, else its start, or when the answer came, in milliseconds since 1970 (UTC).

with plays as (
    select
        observation_id,
        track_id,
        case when source = 'spotify_api' then '2' else '1' end as told_rank,
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
        artist_mbid,
        artist_name
    from stg_tracker__credits
    where artist_uri is not null
        or trim(artist_name) <> ''
),

-- An answer that tells of one track twice tells of it once.
answered_credits_ranked as (
    select
        answer_id,
        track_uri as track_id,
        position,
        artist_uri,
        coalesce(artist_name, artist_uri) as artist_name,
        '2' as told_rank,
        unix_millis(fetched_at) as told_ms,
        row_number() over (
            partition by answer_id, track_uri, position
            order by
                artist_uri nulls last,
                artist_name nulls last
        ) as choice
    from stg_enrichment__track_credits
    where service = 'spotify'
        and coalesce(artist_uri, artist_name) is not null
),

answered_credits as (
    select * from answered_credits_ranked
    where choice = 1
),

-- The rank and the moment with leading zeros sort as text; the kind and the id behind them break ties.
told as (
    select
        plays.track_id,
        plays.told_rank || lpad(cast(plays.ended_ms as string), 16, '0') || 'p' || plays.observation_id
            as told_key,
        plays.ended_ms as told_ms
    from plays
    semi join credits
        on plays.observation_id = credits.observation_id
    union all
    select
        track_id,
        told_rank || lpad(cast(told_ms as string), 16, '0') || 'a' || answer_id as told_key,
        told_ms
    from answered_credits
),

newest_told as (
    select
        track_id,
        substr(max(told_key), 18, 1) as told_kind,
        substr(max(told_key), 19) as told_id,
        max(told_ms) as told_ms
    from told
    group by track_id
),

credits_chosen as (
    select
        -- ids
        newest_told.track_id,
        credits.artist_uri,
        credits.artist_mbid,

        -- attributes
        credits.artist_name,
        nullif(lower(trim(credits.artist_name)), '') as artist_key,

        -- numbers
        credits.position,
        newest_told.told_ms as ended_ms
    from newest_told
    inner join credits
        on newest_told.told_id = credits.observation_id
    where newest_told.told_kind = 'p'
    union all
    select
        newest_told.track_id,
        answered_credits.artist_uri,
        cast(null as string) as artist_mbid,
        answered_credits.artist_name,
        lower(answered_credits.artist_name) as artist_key,
        answered_credits.position,
        newest_told.told_ms as ended_ms
    from newest_told
    inner join answered_credits
        on newest_told.told_id = answered_credits.answer_id
        and newest_told.track_id = answered_credits.track_id
    where newest_told.told_kind = 'a'
)

select * from credits_chosen
