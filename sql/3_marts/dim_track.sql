-- Tracks that were heard; episodes and chapters of audiobooks are tracks too.
--
-- A track is what its source names: two releases of one recording are two tracks that share a
-- recording. What becomes known later changes an attribute, never the key.
--
-- grain: one row per track, and one for an unknown track
-- kind:  incremental
-- key:   track_id
-- recompute: by track_id through artist_id
-- reads: int_tracks_identified, int_track_recordings_chosen, int_track_popularity, stg_enrichment__tracks,
--        popularity_bands, dim_artist
-- tests: not_null track_name, artist_id, album_id, recording_id, popularity_group, popularity_sort
--        references artist_id dim_artist.artist_id
--        references album_id dim_album.album_id
--        accepted track_kind track, episode, audiobook, local, unattributed
--        accepted popularity_source spotify, listenbrainz
--        between track_popularity 0 100
--        warn between duration_ms 0 86400000
-- columns:
--   track_id  Key of the track: the URI its source gives, else name: and a hash of its names, else unknown.
--   isrc  International Standard Recording Code; empty where no source told it.
--   recording_mbid  MBID of the recording at MusicBrainz; empty where none is known. Its address there goes first, then what most plays carry, then the ISRC, then the artist and the title.
--   artist_id  Key of the first artist credited; the album artist where no credits are known.
--   album_id  Key of the album, show or audiobook the track is on.
--   track_name  Title.
--   artist_track  Artist and title in one text.
--   duration_ms  Length in milliseconds; empty where unknown.
--   track_seconds  Length in whole seconds.
--   track_minutes  Length in minutes, with two decimals.
--   track_duration  Length as text in minutes and seconds (4:05).
--   track_length  Length in words, from very short to possibly too long.
--   track_length_sort  Order of the lengths in words, 1 to 6; 7 where unknown.
--   popularity_source  Who tells the popularity: spotify, or listenbrainz (a percentile among the recordings here).
--   track_popularity  Popularity from 0 to 100; empty where nobody tells.
--   popularity_sort  Order of the popularity in words, the most popular first; 7 where nobody tells.
--   disc_number  Disc of the album the track is on; empty where unknown.
--   track_number  Place of the track on its disc; empty where unknown.
--   is_popular  True where the popularity is 50 or more; empty where nobody tells.
--   is_explicit  True where Spotify marks the lyrics as explicit; empty where unknown.

with tracks as (
    select
        track_id,
        track_uri,
        recording_id,
        isrc,
        artist_id,
        album_id,
        track_kind,
        track_name,
        duration_ms,
        is_duration_estimated
    from int_tracks_identified
),

artists as (
    select artist_id, artist_name
    from dim_artist
    where artist_id <> 'unknown'
),

-- Of each column the newest answer that says anything.
answers as (
    select
        track_uri,
        max_by(disc_number, told_order) filter (where disc_number is not null) as disc_number,
        max_by(track_number, told_order) filter (where track_number is not null) as track_number,
        max_by(is_explicit, told_order) filter (where is_explicit is not null) as is_explicit
    from stg_enrichment__tracks
    where service = 'spotify'
    group by track_uri
),

recordings as (
    select track_id, recording_mbid
    from int_track_recordings_chosen
),

popularities as (
    select track_id, popularity, popularity_source
    from int_track_popularity
),

bands as (
    select popularity_group, popularity_from, popularity_to, popularity_sort
    from popularity_bands
),

tracks_with_artist as (
    select
        tracks.*,
        recordings.recording_mbid,
        artists.artist_name,
        popularities.popularity_source,
        popularities.popularity as track_popularity,
        coalesce(bands.popularity_group, 'No data') as popularity_group,
        coalesce(bands.popularity_sort, 7) as popularity_sort,
        answers.disc_number,
        answers.track_number,
        answers.is_explicit,
        cast(floor(tracks.duration_ms / 1000) as bigint) as track_seconds
    from tracks
    left join artists
        on tracks.artist_id = artists.artist_id
    left join answers
        on tracks.track_id = answers.track_uri
    left join recordings
        on tracks.track_id = recordings.track_id
    left join popularities
        on tracks.track_id = popularities.track_id
    left join bands
        on popularities.popularity between bands.popularity_from and bands.popularity_to
),

tracks_described as (
    select
        -- ids
        track_id,
        track_uri,
        recording_id,
        isrc,
        recording_mbid,
        artist_id,
        album_id,

        -- attributes
        track_kind,
        track_name,
        coalesce(artist_name || ' - ', '') || track_name as artist_track,
        cast(cast(floor(track_seconds / 60) as bigint) as string) || ':'
            || lpad(cast(track_seconds % 60 as string), 2, '0') as track_duration,
        case
            when duration_ms is null then 'unknown'
            when duration_ms < 30000 then 'very short'
            when duration_ms < 180000 then 'short'
            when duration_ms < 300000 then 'average'
            when duration_ms < 420000 then 'pretty long'
            when duration_ms < 600000 then 'long'
            else 'possibly too long'
        end as track_length,
        case
            when duration_ms is null then 7
            when duration_ms < 30000 then 1
            when duration_ms < 180000 then 2
            when duration_ms < 300000 then 3
            when duration_ms < 420000 then 4
            when duration_ms < 600000 then 5
            else 6
        end as track_length_sort,
        popularity_group,
        popularity_source,

        -- numbers
        track_popularity,
        popularity_sort,
        disc_number,
        track_number,
        duration_ms,
        track_seconds,
        round(duration_ms / 6e4, 2) as track_minutes,

        -- booleans
        track_popularity >= 50 as is_popular,
        is_explicit,
        is_duration_estimated
    from tracks_with_artist
    union all
    select
        'unknown' as track_id,
        cast(null as string) as track_uri,
        'unknown' as recording_id,
        cast(null as string) as isrc,
        cast(null as string) as recording_mbid,
        'unknown' as artist_id,
        'unknown' as album_id,
        'unattributed' as track_kind,
        'Unknown track' as track_name,
        'Unknown track' as artist_track,
        cast(null as string) as track_duration,
        'unknown' as track_length,
        7 as track_length_sort,
        'No data' as popularity_group,
        cast(null as string) as popularity_source,
        cast(null as int) as track_popularity,
        7 as popularity_sort,
        cast(null as int) as disc_number,
        cast(null as int) as track_number,
        cast(null as bigint) as duration_ms,
        cast(null as bigint) as track_seconds,
        cast(null as double) as track_minutes,
        cast(null as boolean) as is_popular,
        cast(null as boolean) as is_explicit,
        false as is_duration_estimated
)

select * from tracks_described
