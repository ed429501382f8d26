-- Real plays: one row for each, however many sources reported it, with the date and the clock of
-- the place where it was heard.
--
-- Local time comes from the end of the play in the zone in force at that instant: every source is
-- sure of the end. An account without a zone is told in UTC.
--
-- grain: one row per real play
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_plays_merged, int_account_zones_bounded
-- tests: not_null account_id, track_id, source, kind, zone, played_date, ended_at
--        between second_of_day 0 86399

with plays as (
    select * from int_plays_merged
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

        -- times
        cast(ended_local as date) as played_date,
        started_at,
        ended_at
    from plays_with_local_time
)

select * from plays_resolved
