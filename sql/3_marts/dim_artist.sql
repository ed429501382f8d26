-- Artists that were heard, or that an album heard is by.
--
-- An artist is known by the URI of the API where any source told it, else by name.
--
-- grain: one row per artist, and one for an unknown artist
-- kind:  incremental
-- key:   artist_id
-- recompute: whole
-- reads: int_track_artists_identified, int_tracks_identified, int_tracks_described,
--        int_artist_names_identified
-- tests: not_null artist_name
--        accepted known_by uri, name, nothing
-- columns:
--   artist_id  Key of the artist: the Spotify URI, else name: and a hash of the name, else unknown.
--   artist_uri  Spotify URI; empty where no source told one.
--   artist_name  Name, as the newest credit spells it; where there is none, the newest report.
--   known_by  What tells the artist from others: uri, name or nothing.

with track_artists as (
    select track_id, artist_id, artist_name, told_by, last_ended_ms
    from int_track_artists_identified
),

tracks as (
    select
        int_tracks_described.track_id,
        int_tracks_described.album_artist_name as artist_name,
        int_tracks_described.artist_key,
        coalesce(int_tracks_described.album_key, '') as album_key,
        int_tracks_described.last_ended_ms
    from int_tracks_described
    semi join int_tracks_identified
        on int_tracks_described.track_id = int_tracks_identified.track_id
),

names_by_track as (
    select
        track_artists.artist_id,
        track_artists.artist_name,
        track_artists.told_by,
        track_artists.last_ended_ms
    from track_artists
    semi join tracks
        on track_artists.track_id = tracks.track_id
    union all
    select
        names.artist_id,
        tracks.artist_name,
        'album_artist' as told_by,
        tracks.last_ended_ms
    from tracks
    inner join int_artist_names_identified as names
        on tracks.artist_key = names.artist_key
        and tracks.album_key = names.album_key
),

names as (
    select
        artist_id,
        nullif(artist_name, '') as artist_name,
        max(case when told_by = 'credits' then 1 else 0 end) as is_credited,
        max(last_ended_ms) as last_ended_ms
    from names_by_track
    group by artist_id, nullif(artist_name, '')
),

names_ranked as (
    select
        artist_id,
        artist_name,
        row_number() over (
            partition by artist_id
            order by
                cast(artist_name is null as int),
                is_credited desc,
                last_ended_ms desc,
                artist_name
        ) as choice
    from names
),

artists as (
    select
        -- ids
        artist_id,
        case when artist_id not like 'name:%' then artist_id end as artist_uri,

        -- attributes
        coalesce(artist_name, artist_id) as artist_name,
        case when artist_id like 'name:%' then 'name' else 'uri' end as known_by
    from names_ranked
    where choice = 1
    union all
    select
        'unknown' as artist_id,
        cast(null as string) as artist_uri,
        'Unknown artist' as artist_name,
        'nothing' as known_by
)

select * from artists
