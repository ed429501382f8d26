-- Observations that a better one of the same play stands for.
--
-- The same play comes again with every newer export and every poll, sometimes with a value that
-- was missing before. The fullest observation wins (fewest missing values), then the latest to
-- arrive, then the greater observation_id, so that the choice never depends on the order of files.
--
-- grain: one row per observation that was not chosen
-- kind:  incremental
-- key:   observation_id
-- recompute: by play_id
-- reads: int_play_observations_united
-- columns:
--   observation_id  Key of the report that was not chosen.

-- Most plays are observed once; only the others need a choice.
with plays_observed_again as (
    select play_id
    from int_play_observations_united
    group by play_id
    having count(*) > 1
),

observations_ranked as (
    select
        observations.observation_id,
        observations.play_id,
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
    semi join plays_observed_again
        on observations.play_id = plays_observed_again.play_id
),

observations_passed_over as (
    select observation_id, play_id
    from observations_ranked
    where choice > 1
)

select * from observations_passed_over
