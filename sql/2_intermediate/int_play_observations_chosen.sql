-- The one observation that is believed about each reported play, with what matching needs.
--
-- Which one, and why, stands in int_play_observations_passed_over.
--
-- grain: one row per play as one source reported it
-- kind:  incremental
-- key:   play_id
-- recompute: by play_id
-- reads: int_play_observations_united, int_play_observations_passed_over
-- tests: unique observation_id
--        not_null account_id, track_id, source
--        expression started_at is not null or ended_at is not null
-- columns:
--   observation_id  Key of the report that is believed.

with observations as (
    select
        observation_id,
        play_id,
        account_id,
        track_id,
        source,
        known_by,
        title_key,
        artist_key,
        ms_played,
        started_at,
        ended_at,
        ingested_at
    from int_play_observations_united
),

observations_passed_over as (
    select observation_id
    from int_play_observations_passed_over
),

observations_chosen as (
    select
        -- ids
        observations.observation_id,
        observations.play_id,
        observations.account_id,
        observations.track_id,

        -- attributes
        observations.source,
        observations.known_by,
        observations.title_key,
        observations.artist_key,

        -- numbers
        observations.ms_played,

        -- times
        observations.started_at,
        observations.ended_at,
        observations.ingested_at
    from observations
    anti join observations_passed_over
        on observations.observation_id = observations_passed_over.observation_id
)

select * from observations_chosen
