-- What each report of a play says about its track.
--
-- A table of its own, so that after new plays only their tracks are described anew: it is known of
-- which track a report is only when its names were made comparable.
--
-- grain: one row per observation whose track is known
-- kind:  incremental
-- recompute: by play_id
-- reads: int_play_observations_united
-- tests: not_null track_id, track_kind, told_by
-- columns:
--   told_by  Who told it: api (Spotify), file (its exports) or listen (other programs).
--   track_kind  What it is: track, episode, audiobook (a chapter), local (a file of one's own) or unattributed.
--   whole_ms  Milliseconds listened of a play that ran to the end of the track, which are its length; empty for others.
--   ended_ms  When the play ended, else began, in milliseconds since 1970 (UTC).

with tracks_reported as (
    select
        -- ids
        play_id,
        track_id,
        track_uri,
        isrc,
        album_uri,

        -- attributes
        case
            when source = 'spotify_api' then 'api'
            when source in ('spotify_export', 'spotify_account_data') then 'file'
            else 'listen'
        end as told_by,
        kind as track_kind,
        nullif(track_name, '') as track_name,
        nullif(album_name, '') as album_name,
        nullif(coalesce(album_artist_name, first_artist_name), '') as album_artist_name,
        album_release_date_text,
        album_release_date_precision,

        -- numbers
        duration_ms,
        case when reason_end = 'trackdone' and ms_played > 0 then ms_played end as whole_ms,
        unix_millis(coalesce(ended_at, started_at)) as ended_ms
    from int_play_observations_united
    where track_id <> 'unknown'
)

select * from tracks_reported
