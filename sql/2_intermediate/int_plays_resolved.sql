-- Real plays: one row for each, however many sources reported it, with the date and the clock of
-- the place where it was heard.
--
-- Local time comes from the end of the play in the zone in force at that instant: every source of
-- Spotify is sure of the end; the others' ends are estimated. An account without a zone is told in
-- UTC. What a correction leaves out is not here; what it gives to somebody else is theirs.
--
-- grain: one row per real play
-- kind:  incremental
-- key:   play_id
-- recompute: by play_id
-- reads: int_plays_merged, int_play_ends_estimated, int_plays_corrected, int_account_zones_bounded
-- tests: not_null account_id, track_id, source, kind, zone, played_date, ended_at
--        between second_of_day 0 86399
-- columns:
--   account_id  Key of the account that listened, corrections applied.
--   zone  Time zone in force for the account at that moment (IANA name); UTC where it has none.
--   second_of_day  Second of the local day at which the play ended, 0 to 86399.
--   is_end_estimated  True where no source tells the end of the play: it is the start and the length, else the next start within ten minutes, else the start itself.
--   played_date  Local day on which the play ended.
--   started_at  When the play began (UTC); an estimate for every Spotify source, and told by the others.
--   ended_at  When the play ended (UTC); an estimate where is_end_estimated says so.

with corrections as (
    select play_id, action, to_account_id
    from int_plays_corrected
),

plays as (
    select
        plays.play_id,
        plays.observation_id,
        coalesce(corrections.to_account_id, plays.account_id) as account_id,
        plays.track_id,
        plays.source,
        plays.client,
        plays.kind,
        plays.context_uri,
        plays.platform,
        plays.conn_country,
        plays.reason_start,
        plays.reason_end,
        plays.ms_played,
        plays.duration_ms,
        plays.is_shuffle,
        plays.is_offline,
        plays.is_incognito,
        coalesce(plays.time_estimated = 'ended_at', false) or plays.ended_at is null
            as is_end_estimated,
        plays.started_at,
        coalesce(ends.ended_at, plays.ended_at) as ended_at
    from int_plays_merged as plays
    left join int_play_ends_estimated as ends
        on plays.play_id = ends.play_id
    left join corrections
        on plays.play_id = corrections.play_id
    where coalesce(corrections.action, '') <> 'exclude'
),

zones as (
    select account_id, zone, valid_from, valid_to
    from int_account_zones_bounded
),

plays_with_zone as (
    select
        plays.*,
        coalesce(zones.zone, 'UTC') as zone
    from plays
    left join zones
        on plays.account_id = zones.account_id
        and plays.ended_at >= zones.valid_from
        and plays.ended_at < zones.valid_to
),

plays_with_local_time as (
    select
        plays_with_zone.*,
        cast(from_utc_timestamp(ended_at, zone) as timestamp_ntz) as ended_local
    from plays_with_zone
),

plays_resolved as (
    select
        -- ids
        play_id,
        observation_id,
        account_id,
        track_id,

        -- attributes
        source,
        client,
        kind,
        zone,
        context_uri,
        platform,
        conn_country,
        reason_start,
        reason_end,

        -- numbers
        ms_played,
        duration_ms,
        cast(
            hour(ended_local) * 3600 + minute(ended_local) * 60 + floor(second(ended_local)) as int
        ) as second_of_day,

        -- booleans
        is_shuffle,
        is_offline,
        is_incognito,
        is_end_estimated,

        -- times
        cast(ended_local as date) as played_date,
        started_at,
        ended_at
    from plays_with_local_time
)

select * from plays_resolved
