-- Every play, once, ready to be counted.
--
-- Nothing is left out: whether a play counts is a column. Music and spoken word are told apart by
-- is_music.
--
-- grain: one row per real play
-- kind:  incremental
-- key:   play_id
-- recompute: by play_id through track_id
-- reads: int_plays_resolved, int_plays_estimated, int_tracks_identified, dim_account
-- sort:  account_id, ended_at
-- split: played_date
-- tests: references play_id int_play_observations_chosen.play_id
--        not_null account_id, track_id, artist_id, album_id, context_id, date_id, time_id, ended_at, is_counted
--        references account_id dim_account.account_id
--        references track_id dim_track.track_id
--        references artist_id dim_artist.artist_id
--        references album_id dim_album.album_id
--        references context_id dim_context.context_id
--        references date_id dim_date.date_id
--        references time_id dim_time.time_id
--        accepted source spotify_api, spotify_export, spotify_account_data, submitted, listenbrainz, lastfm
--        accepted kind track, episode, audiobook, local, unattributed
--        accepted tracks_played 1
--        between completion 0 1
--        warn between ms_played 0 86400000
--        warn expression started_at <= ended_at
-- columns:
--   play_id  Key of the play, made when it was read.
--   account_id  Key of the account that listened.
--   track_id  Key of the track; unknown where the source names none.
--   artist_id  Key of the first artist credited on the track.
--   album_id  Key of the album, show or audiobook.
--   context_id  Key of what the track was played from; unknown where no source told it.
--   date_id  Key of the local day on which the play ended.
--   time_id  Key of the local time at which the play ended: the second of the day.
--   kind  What was played: track, episode, audiobook, local (a file of one's own) or unattributed.
--   zone  Time zone in force for the account at that moment (IANA name).
--   context_uri  What the track was played from (album, playlist, artist), where known.
--   reason_start  Why the play began, as the source says it.
--   reason_end  Why the play ended, as the source says it.
--   ms_listened  Milliseconds listened: reported, else estimated (see is_estimated); empty where not even that is possible.
--   duration_ms  Length of the track in milliseconds; empty where unknown.
--   completion  Share of the track that was heard, 0 to 1; empty where unknown.
--   tracks_played  Always 1: sum it to count plays.
--   is_music  True for tracks, files of one's own and unattributed plays; false for episodes and audiobooks.
--   is_counted  True where the play counts by the account's rule.
--   is_finished  True where the play ran to the track's end; empty where unknown.
--   is_skip  True where the play stopped before 30 seconds and before the track's end; empty where unknown.
--   is_estimated  True where ms_listened is not reported by any source of the play.
--   is_shuffle  True where shuffle was on; empty where unknown.
--   is_offline  True where the device was offline; empty where unknown.
--   is_incognito  True in a private session; empty where unknown.

with plays as (
    select * from int_plays_resolved
),

estimates as (
    select play_id, ms_listened
    from int_plays_estimated
),

tracks as (
    select track_id, artist_id, album_id, duration_ms
    from int_tracks_identified
),

accounts as (
    select account_id, counting_rule
    from dim_account
),

plays_with_keys as (
    select
        plays.*,
        -- A play must survive even where nothing is known about its track.
        coalesce(tracks.track_id, 'unknown') as known_track_id,
        coalesce(tracks.artist_id, 'unknown') as artist_id,
        coalesce(tracks.album_id, 'unknown') as album_id,
        coalesce(accounts.counting_rule, '30s') as counting_rule,
        coalesce(plays.ms_played, estimates.ms_listened) as ms_listened,
        coalesce(plays.duration_ms, tracks.duration_ms) as known_duration_ms
    from plays
    left join tracks
        on plays.track_id = tracks.track_id
    left join accounts
        on plays.account_id = accounts.account_id
    left join estimates
        on plays.play_id = estimates.play_id
),

plays_judged as (
    select
        plays_with_keys.*,
        -- The reason tells best; without one, nine tenths of the length are the whole of it. "Unknown" is none.
        case
            when reason_end = 'trackdone' then true
            when reason_end not in ('', 'unknown') then false
            when known_duration_ms > 0 and ms_played is not null
                then ms_played >= 0.9 * known_duration_ms
        end as is_finished
    from plays_with_keys
),

plays_measured as (
    select
        -- ids
        play_id,
        account_id,
        known_track_id as track_id,
        artist_id,
        album_id,
        coalesce(context_uri, 'unknown') as context_id,
        coalesce(
            cast(
                year(played_date) * 10000 + month(played_date) * 100 + day(played_date) as int
            ),
            -1
        ) as date_id,
        coalesce(second_of_day, -1) as time_id,

        -- attributes
        kind,
        source,
        client,
        zone,
        context_uri,
        platform,
        conn_country,
        reason_start,
        reason_end,

        -- numbers
        ms_played,
        ms_listened,
        known_duration_ms as duration_ms,
        case
            when known_duration_ms > 0 and ms_played >= 0
                then least(1e0, 1e0 * ms_played / known_duration_ms)
        end as completion,
        1 as tracks_played,

        -- booleans
        kind not in ('episode', 'audiobook') as is_music,
        case
            when counting_rule = 'any' then true
            when counting_rule = 'finished' then coalesce(is_finished, false)
            else coalesce(ms_played >= 30000, true)
        end as is_counted,
        is_finished,
        case
            when ms_played >= 30000 then false
            when ms_played < 30000 then not coalesce(is_finished, false)
        end as is_skip,
        ms_played is null as is_estimated,
        is_end_estimated,
        is_shuffle,
        is_offline,
        is_incognito,

        -- times
        played_date,
        started_at,
        ended_at
    from plays_judged
)

select * from plays_measured
