-- Real plays, put together from all reports of each.
--
-- The canonical report speaks; what it does not know is taken from the others of the same play:
-- the context and the track's length from the API, the listening time from the account data, and
-- the track itself from either where an export row names none.
--
-- grain: one row per real play
-- kind:  view
-- reads: int_play_observations_chosen, int_play_duplicates

with observations as (
    select
        observation_id,
        play_id,
        account_id,
        track_id,
        source,
        client,
        kind,
        context_uri,
        platform,
        conn_country,
        reason_start,
        reason_end,
        time_precision,
        time_estimated,
        ms_played,
        duration_ms,
        is_shuffle,
        is_offline,
        is_incognito,
        started_at,
        ended_at
    from int_play_observations_chosen
),

duplicates as (
    select play_id, canonical_play_id, source
    from int_play_duplicates
),

canonical_plays as (
    select observations.*
    from observations
    anti join duplicates
        on observations.play_id = duplicates.play_id
),

api_reports as (
    select
        duplicates.canonical_play_id,
        observations.track_id,
        observations.kind,
        observations.context_uri,
        observations.duration_ms
    from duplicates
    inner join observations
        on duplicates.play_id = observations.play_id
    where duplicates.source = 'spotify_api'
),

account_data_reports as (
    select
        duplicates.canonical_play_id,
        observations.track_id,
        observations.kind,
        observations.ms_played
    from duplicates
    inner join observations
        on duplicates.play_id = observations.play_id
    where duplicates.source = 'spotify_account_data'
),

plays_merged as (
    select
        -- ids
        canonical_plays.play_id,
        canonical_plays.observation_id,
        canonical_plays.account_id,
        case
            when canonical_plays.track_id = 'unknown'
                then coalesce(api_reports.track_id, account_data_reports.track_id, 'unknown')
            else canonical_plays.track_id
        end as track_id,

        -- attributes
        canonical_plays.source,
        canonical_plays.client,
        case
            when canonical_plays.track_id = 'unknown'
                then coalesce(api_reports.kind, account_data_reports.kind, canonical_plays.kind)
            else canonical_plays.kind
        end as kind,
        coalesce(canonical_plays.context_uri, api_reports.context_uri) as context_uri,
        canonical_plays.platform,
        canonical_plays.conn_country,
        canonical_plays.reason_start,
        canonical_plays.reason_end,
        canonical_plays.time_precision,
        canonical_plays.time_estimated,

        -- numbers
        coalesce(canonical_plays.ms_played, account_data_reports.ms_played) as ms_played,
        coalesce(canonical_plays.duration_ms, api_reports.duration_ms) as duration_ms,

        -- booleans
        canonical_plays.is_shuffle,
        canonical_plays.is_offline,
        canonical_plays.is_incognito,

        -- times
        canonical_plays.started_at,
        canonical_plays.ended_at
    from canonical_plays
    left join api_reports
        on canonical_plays.play_id = api_reports.canonical_play_id
    left join account_data_reports
        on canonical_plays.play_id = account_data_reports.canonical_play_id
)

select * from plays_merged
