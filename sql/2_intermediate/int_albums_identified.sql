-- Which album each track is on.
--
-- An album is known by its URI where the API or the source told it; else it is the only album with
-- a URI of the same name and album artist; else it is known by these two names alone. Shows and
-- audiobooks stand in for albums and never mix with them.
--
-- grain: one row per track that is on an album
-- kind:  incremental
-- key:   track_id
-- recompute: whole
-- reads: int_tracks_described
-- tests: not_null album_id, album_kind
-- columns:
--   album_id  Key of the album: the Spotify URI, else name: and a hash of its names.
--   album_kind  What it is: album, show or audiobook.

with tracks as (
    select
        track_id,
        album_uri,
        album_key,
        artist_key,
        case
            when track_kind = 'episode' then 'show'
            when track_kind = 'audiobook' then 'audiobook'
            else 'album'
        end as album_kind
    from int_tracks_described
    where album_uri is not null
        or album_key is not null
),

unambiguous_albums as (
    select
        album_kind,
        album_key,
        coalesce(artist_key, '') as artist_key,
        max(album_uri) as only_album_uri
    from tracks
    where album_uri is not null
        and album_key is not null
    group by album_kind, album_key, coalesce(artist_key, '')
    having count(distinct album_uri) = 1
),

albums_identified as (
    select
        -- ids
        tracks.track_id,
        coalesce(
            tracks.album_uri,
            unambiguous_albums.only_album_uri,
            'name:' || md5(
                tracks.album_kind || ':'
                || cast(length(tracks.album_key) as string) || ':' || tracks.album_key
                || coalesce(
                    cast(length(tracks.artist_key) as string) || ':' || tracks.artist_key, '-'
                )
            )
        ) as album_id,

        -- attributes
        tracks.album_kind
    from tracks
    left join unambiguous_albums
        on tracks.album_kind = unambiguous_albums.album_kind
        and tracks.album_key = unambiguous_albums.album_key
        and coalesce(tracks.artist_key, '') = unambiguous_albums.artist_key
)

select * from albums_identified
