-- What is believed about each reported play, where a source said it more than once.
--
-- The same play comes again with every newer export and every poll, sometimes with a value that
-- was missing before. The fullest observation wins (fewest missing values), then the latest to
-- arrive, then the greater observation_id, so that the choice never depends on the order of files.
--
-- A track is named by its source: its URI, else its title and artist (for episodes, the show).
--
-- grain: one row per play as one source reported it
-- kind:  incremental
-- key:   play_id
-- recompute: by play_id
-- reads: stg_spotify_api__plays, stg_spotify_export__plays, stg_spotify_account_data__plays
-- tests: unique observation_id
--        not_null account_id, source, kind, ended_at, track_id

-- The staging models of plays have the same columns in the same order.
with observations as (
    select * from stg_spotify_export__plays
    union all
    select * from stg_spotify_api__plays
    union all
    select * from stg_spotify_account_data__plays
),

observations_ranked as (
    select
        observation_id,
        row_number() over (
            partition by play_id
            order by
                cast(track_uri is null as int)
                + cast(track_name is null as int)
                + cast(isrc is null as int)
                + cast(recording_mbid is null as int)
                + cast(album_uri is null as int)
                + cast(album_name is null as int)
                + cast(album_artist_name is null as int)
                + cast(album_release_date_text is null as int)
                + cast(context_uri is null as int)
                + cast(platform is null as int)
                + cast(conn_country is null as int)
                + cast(reason_start is null as int)
                + cast(reason_end is null as int)
                + cast(ms_played is null as int)
                + cast(duration_ms is null as int)
                + cast(is_shuffle is null as int)
                + cast(is_marked_skipped is null as int)
                + cast(is_offline is null as int)
                + cast(is_incognito is null as int),
                ingested_at desc,
                observation_id desc
        ) as choice
    from observations
),

observations_first_choice as (
    select observation_id
    from observations_ranked
    where choice = 1
),

observations_chosen as (
    select
        observations.*,
        lower(trim(observations.track_name)) as title_key,
        lower(trim(observations.album_artist_name)) as artist_key,
        lower(trim(observations.album_name)) as album_key,
        lower(trim(
            case
                when observations.kind = 'episode' then observations.album_name
                else observations.album_artist_name
            end
        )) as maker_key
    from observations
    semi join observations_first_choice
        on observations.observation_id = observations_first_choice.observation_id
),

observations_with_track as (
    select
        -- ids
        observation_id,
        play_id,
        account_id,
        case
            when track_uri is not null then track_uri
            when title_key is null then 'unknown'
            -- Each part carries its length, so that no two pairs of names run into the same text.
            else
                'name:' || md5(
                    case when kind in ('episode', 'audiobook') then kind else 'track' end
                    || ':' || cast(length(title_key) as string) || ':' || title_key
                    || coalesce(cast(length(maker_key) as string) || ':' || maker_key, '-')
                )
        end as track_id,
        track_uri,
        isrc,
        album_uri,

        -- attributes
        source,
        client,
        kind,
        track_name,
        title_key,
        album_name,
        album_key,
        album_artist_name,
        artist_key,
        album_release_date_text,
        album_release_date_precision,
        context_uri,
        platform,
        conn_country,
        reason_start,
        reason_end,
        time_precision,
        time_estimated,

        -- numbers
        ms_played,
        duration_ms,

        -- booleans
        is_shuffle,
        is_offline,
        is_incognito,

        -- times
        started_at,
        ended_at
    from observations_chosen
)

select * from observations_with_track
