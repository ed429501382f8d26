-- Plays as the recently-played endpoint of the Spotify API reported them.
-- It gives the end of a play to the millisecond, full metadata, and no listening time.
--
-- grain: one row per observation
-- kind:  view
-- key:   observation_id
-- recompute: by observation_id
-- reads: src_plays
-- tests: not_null play_id, account_id, source, kind, ended_at
--        accepted clock end
--        accepted kind track, episode, audiobook, local, unattributed
-- columns:
--   isrc  International Standard Recording Code; empty where the source does not tell it.
--   album_release_date_text  Date of release as the source gives it: YYYY, YYYY-MM or YYYY-MM-DD.
--   ms_played  Always empty: the API does not tell how long was heard.
--   is_shuffle  True where shuffle was on; empty where the source does not say.
--   is_marked_skipped  True where the source calls the play skipped, whatever it means by that; empty where it does not say.
--   is_offline  True where the device was offline; empty where the source does not say.
--   is_incognito  True in a private session; empty where the source does not say.
--   started_at  When the play began (UTC): its end less the whole length of the track, so too early where it was skipped.
--   ended_at  When the play ended (UTC), to the millisecond.

with plays as (
    select
        observation_id,
        play_id,
        account_id,
        source,
        client,
        kind,
        clock,
        time_precision,
        started_at,
        ended_at,
        time_estimated,
        ms_played,
        duration_ms,
        track_uri,
        track_name,
        track_isrc,
        recording_mbid,
        album_uri,
        album_name,
        album_release_date,
        album_release_date_precision,
        album_artist_name,
        context_uri,
        platform,
        conn_country,
        shuffle,
        skipped,
        offline,
        incognito,
        reason_start,
        reason_end,
        ingested_at
    from src_plays
    where source = 'spotify_api'
),

renamed as (
    select
        -- ids
        observation_id,
        play_id,
        account_id,
        track_uri,
        track_isrc as isrc,
        recording_mbid,
        album_uri,

        -- attributes
        source,
        client,
        kind,
        track_name,
        album_name,
        album_artist_name,
        album_release_date as album_release_date_text,
        album_release_date_precision,
        context_uri,
        platform,
        conn_country,
        reason_start,
        reason_end,
        clock,
        time_precision,
        time_estimated,

        -- numbers
        cast(ms_played as bigint) as ms_played,
        cast(duration_ms as bigint) as duration_ms,

        -- booleans
        shuffle as is_shuffle,
        skipped as is_marked_skipped,
        offline as is_offline,
        incognito as is_incognito,

        -- times
        started_at,
        ended_at,
        ingested_at
    from plays
)

select * from renamed
