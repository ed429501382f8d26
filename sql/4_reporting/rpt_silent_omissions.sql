-- Which plays did the API of Spotify never list, though it was being watched?
--
-- The list sometimes leaves plays out, and nothing shows it until an export has them. Here are those
-- that were heard for 30 seconds, between the first and the last play that the API told about the
-- account, and in no gap. Private sessions are never listed; the column says which they are. What is
-- not music is not meant to be listed and is left out. A play that a person gave to somebody else is
-- told of the account whose list lacks it.
--
-- grain: one row per play
-- kind:  table
-- key:   play_id
-- reads: int_play_observations_chosen, int_play_duplicates, int_plays_resolved, stg_tracker__gaps,
--        stg_tracker__accounts, int_plays_corrected, int_tracks_described, int_track_first_artists
-- sort:  account_id, ended_at, play_id
-- tests: between ms_played 30000 86400000000
--        references play_id fct_track_played.play_id
-- columns:
--   play_id  Key of the play.
--   account_id  Key of the account whose list lacks it.
--   track_id  Key of the track.
--   account_name  Name of the account; its key where it is no longer set up.
--   track_name  Title.
--   artist_name  First artist credited; the alias where a person masked the artist, the name a person gave.
--   ms_played  Milliseconds listened, as the export reports them.
--   is_incognito  True in a private session, which the API does not list; empty where unknown.
--   is_offline  True where the device was offline; empty where unknown.
--   ended_at  When the play ended (UTC).

with api_plays as (
    select play_id, account_id, ended_at
    from int_play_observations_chosen
    where source = 'spotify_api'
),

times_watched as (
    select
        account_id,
        min(ended_at) as first_ended_at,
        max(ended_at) as last_ended_at
    from api_plays
    group by account_id
),

plays_listed as (
    select duplicates.canonical_play_id as play_id
    from int_play_duplicates as duplicates
    where duplicates.source = 'spotify_api'
),

gaps as (
    -- As it was noticed, whatever covers it by now.
    select account_id, noticed_start, noticed_end
    from stg_tracker__gaps
    where source = 'spotify_api'
),

plays_by_reporter as (
    select
        plays.*,
        coalesce(corrected.account_id, plays.account_id) as reporter_id
    from int_plays_resolved as plays
    left join int_plays_corrected as corrected
        on plays.play_id = corrected.play_id
),

plays as (
    select
        plays.play_id,
        plays.reporter_id as account_id,
        plays.track_id,
        plays.ms_played,
        plays.is_incognito,
        plays.is_offline,
        plays.ended_at
    from plays_by_reporter as plays
    inner join times_watched
        on plays.reporter_id = times_watched.account_id
        and plays.ended_at > times_watched.first_ended_at
        and plays.ended_at < times_watched.last_ended_at
    anti join plays_listed
        on plays.play_id = plays_listed.play_id
    where plays.source = 'spotify_export'
        and plays.kind in ('track', 'local')
        and plays.ms_played >= 30000
),

plays_in_gaps as (
    select plays.play_id
    from plays
    inner join gaps
        on plays.account_id = gaps.account_id
        and plays.ended_at > gaps.noticed_start
        and plays.ended_at < gaps.noticed_end
    group by plays.play_id
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

tracks as (
    select track_id, track_name
    from int_tracks_described
),

first_artists as (
    select track_id, artist_name
    from int_track_first_artists
),

plays_omitted as (
    select
        -- ids
        plays.play_id,
        plays.account_id,
        plays.track_id,

        -- attributes
        coalesce(accounts.account_name, plays.account_id) as account_name,
        tracks.track_name,
        first_artists.artist_name,

        -- numbers
        plays.ms_played,

        -- booleans
        plays.is_incognito,
        plays.is_offline,

        -- times
        plays.ended_at
    from plays
    anti join plays_in_gaps
        on plays.play_id = plays_in_gaps.play_id
    left join accounts
        on plays.account_id = accounts.account_id
    left join tracks
        on plays.track_id = tracks.track_id
    left join first_artists
        on plays.track_id = first_artists.track_id
)

select * from plays_omitted
