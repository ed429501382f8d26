-- The tracks that were played, each with its artist, its album and its recording.
--
-- A recording joins the re-releases of a track: by ISRC; of tracks without one, by the MBID of the
-- recording, as long as tracks with an ISRC that have the MBID agree on it. A track known by names alone
-- (account data, files of one's own) joins the recording that is the only one of its artist with that title.
--
-- grain: one row per track that is part of a real play
-- kind:  incremental
-- key:   track_id
-- recompute: whole
-- reads: int_plays_resolved, int_tracks_described, int_track_artists_identified,
--        int_albums_identified, int_track_recordings_chosen
-- tests: not_null artist_id, album_id, recording_id
-- columns:
--   track_id  Key of the track: the URI its source gives, else name: and a hash of its names.
--   recording_id  What re-releases of one recording share: isrc: and the ISRC, else mbid: and the MBID of the recording, else the key of one of its tracks.
--   artist_id  Key of the first artist credited; the album artist where no credits are known; unknown where nobody is named.
--   album_id  Key of the album, show or audiobook the track is on; unknown where none is named.
--   duration_ms  Length in milliseconds, as a source tells it, else estimated; empty where unknown.

with tracks as (
    select
        int_tracks_described.track_id,
        int_tracks_described.track_uri,
        int_tracks_described.isrc,
        int_tracks_described.track_kind,
        int_tracks_described.track_name,
        int_tracks_described.title_key,
        int_tracks_described.duration_ms,
        int_tracks_described.is_duration_estimated
    from int_tracks_described
    semi join int_plays_resolved
        on int_tracks_described.track_id = int_plays_resolved.track_id
),

first_artists as (
    select track_id, artist_id
    from int_track_artists_identified
    where position = 1
),

albums as (
    select track_id, album_id
    from int_albums_identified
),

recordings as (
    select track_id, recording_mbid
    from int_track_recordings_chosen
),

-- A recording may have several ISRCs; then its MBID says nothing certain of a track without any.
isrcs_of_recordings as (
    select
        recordings.recording_mbid,
        max(tracks.isrc) as only_isrc
    from recordings
    inner join tracks
        on recordings.track_id = tracks.track_id
    where tracks.isrc is not null
    group by recordings.recording_mbid
    having count(distinct tracks.isrc) = 1
),

tracks_with_artist as (
    select
        tracks.*,
        coalesce(
            'isrc:' || coalesce(tracks.isrc, isrcs_of_recordings.only_isrc),
            'mbid:' || recordings.recording_mbid,
            tracks.track_id
        ) as recording_id,
        coalesce(first_artists.artist_id, 'unknown') as artist_id,
        coalesce(albums.album_id, 'unknown') as album_id
    from tracks
    left join recordings
        on tracks.track_id = recordings.track_id
    left join isrcs_of_recordings
        on recordings.recording_mbid = isrcs_of_recordings.recording_mbid
    left join first_artists
        on tracks.track_id = first_artists.track_id
    left join albums
        on tracks.track_id = albums.track_id
),

unambiguous_recordings as (
    select
        artist_id,
        title_key,
        max(recording_id) as only_recording_id
    from tracks_with_artist
    where track_uri is not null
        and artist_id <> 'unknown'
    group by artist_id, title_key
    having count(distinct recording_id) = 1
),

tracks_identified as (
    select
        -- ids
        tracks_with_artist.track_id,
        tracks_with_artist.track_uri,
        case
            when tracks_with_artist.track_uri is null
                then coalesce(unambiguous_recordings.only_recording_id, tracks_with_artist.recording_id)
            else tracks_with_artist.recording_id
        end as recording_id,
        tracks_with_artist.isrc,
        tracks_with_artist.artist_id,
        tracks_with_artist.album_id,

        -- attributes
        tracks_with_artist.track_kind,
        tracks_with_artist.track_name,

        -- numbers
        tracks_with_artist.duration_ms,

        -- booleans
        tracks_with_artist.is_duration_estimated
    from tracks_with_artist
    left join unambiguous_recordings
        on tracks_with_artist.artist_id = unambiguous_recordings.artist_id
        and tracks_with_artist.title_key = unambiguous_recordings.title_key
)

select * from tracks_identified
