-- Which plays did a correction leave out, or give to somebody else?
--
-- grain: one row per real play that a correction acts on
-- kind:  table
-- key:   play_id
-- reads: int_plays_corrected, int_plays_merged, int_play_ends_estimated, int_tracks_described,
--        int_track_first_artists, stg_tracker__accounts, stg_tracker__play_corrections
-- sort:  account_id, ended_at, play_id
-- tests: accepted action exclude, reassign
--        references correction_id stg_tracker__play_corrections.correction_id
-- columns:
--   to_account_id  Key of the account it belongs to now; empty where it was left out.
--   track_id  Key of the track.
--   account_name  Name of the account that reported it.
--   to_account_name  Name of the account it belongs to now.
--   track_name  Title.
--   artist_name  First artist credited; the alias where a person masked the artist, the name a person gave.
--   kind  What was played: track, local, episode, audiobook or unattributed.
--   ms_played  Milliseconds listened, as reported.
--   ended_at  When the play ended (UTC).

with corrected as (
    select play_id, correction_id, account_id, to_account_id, action
    from int_plays_corrected
),

plays as (
    select
        plays.play_id,
        plays.track_id,
        plays.source,
        plays.kind,
        plays.ms_played,
        coalesce(ends.ended_at, plays.ended_at) as ended_at
    from int_plays_merged as plays
    semi join corrected
        on plays.play_id = corrected.play_id
    left join int_play_ends_estimated as ends
        on plays.play_id = ends.play_id
),

tracks as (
    select track_id, track_name
    from int_tracks_described
),

first_artists as (
    select track_id, artist_name
    from int_track_first_artists
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

corrections as (
    select correction_id, reason
    from stg_tracker__play_corrections
),

plays_described as (
    select
        -- ids
        corrected.play_id,
        corrected.correction_id,
        corrected.account_id,
        corrected.to_account_id,
        plays.track_id,

        -- attributes
        corrected.action,
        coalesce(accounts.account_name, corrected.account_id) as account_name,
        coalesce(other_accounts.account_name, corrected.to_account_id) as to_account_name,
        tracks.track_name,
        first_artists.artist_name,
        plays.source,
        plays.kind,
        corrections.reason,

        -- numbers
        plays.ms_played,

        -- times
        plays.ended_at
    from corrected
    inner join plays
        on corrected.play_id = plays.play_id
    left join tracks
        on plays.track_id = tracks.track_id
    left join first_artists
        on plays.track_id = first_artists.track_id
    left join accounts
        on corrected.account_id = accounts.account_id
    left join accounts as other_accounts
        on corrected.to_account_id = other_accounts.account_id
    left join corrections
        on corrected.correction_id = corrections.correction_id
)

select * from plays_described
