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
-- reads: int_play_observations_united
-- tests: unique observation_id
--        not_null account_id, source, kind, ended_at, track_id

-- Most plays are reported once; only the others need a choice.
with plays_reported_again as (
    select play_id
    from int_play_observations_united
    group by play_id
    having count(*) > 1
),

observations_ranked as (
    select
        observations.observation_id,
        row_number() over (
            partition by observations.play_id
            order by
                cast(observations.track_uri is null as int)
                + cast(observations.track_name is null as int)
                + cast(observations.isrc is null as int)
                + cast(observations.recording_mbid is null as int)
                + cast(observations.album_uri is null as int)
                + cast(observations.album_name is null as int)
                + cast(observations.album_artist_name is null as int)
                + cast(observations.album_release_date_text is null as int)
                + cast(observations.context_uri is null as int)
                + cast(observations.platform is null as int)
                + cast(observations.conn_country is null as int)
                + cast(observations.reason_start is null as int)
                + cast(observations.reason_end is null as int)
                + cast(observations.ms_played is null as int)
                + cast(observations.duration_ms is null as int)
                + cast(observations.is_shuffle is null as int)
                + cast(observations.is_marked_skipped is null as int)
                + cast(observations.is_offline is null as int)
                + cast(observations.is_incognito is null as int),
                observations.ingested_at desc,
                observations.observation_id desc
        ) as choice
    from int_play_observations_united as observations
    semi join plays_reported_again
        on observations.play_id = plays_reported_again.play_id
),

observations_passed_over as (
    select observation_id
    from observations_ranked
    where choice > 1
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
    from int_play_observations_united as observations
    anti join observations_passed_over
        on observations.observation_id = observations_passed_over.observation_id
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
