-- What music was played from: playlists, albums, artists, shows, collections.
--
-- Spotify tells it at the poll alone; exports and other programs do not, so that most plays have the
-- unknown context. No source tells the name of a playlist.
--
-- grain: one row per context, and one for an unknown context
-- kind:  incremental
-- key:   context_id
-- recompute: whole
-- reads: int_plays_resolved, dim_album, dim_artist
-- tests: not_null context_kind
--        accepted context_kind album, artist, playlist, collection, show, other, unknown
--        expression (context_uri is null) = (context_id = 'unknown')
-- columns:
--   context_id  Key of the context: its URI, else unknown.
--   context_uri  URI as the source gives it; empty for the unknown context.
--   context_kind  What it is: album, artist, playlist, collection (saved songs), show or other; unknown where no source told it.
--   context_name  Name of the album, show or artist; empty for everything else, whose names no source tells.

with contexts_heard as (
    select context_uri
    from int_plays_resolved
    where context_uri is not null
    group by context_uri
),

albums as (
    select album_id, album_name
    from dim_album
    where album_id <> 'unknown'
),

artists as (
    select artist_id, artist_name
    from dim_artist
    where artist_id <> 'unknown'
),

contexts as (
    select
        -- ids
        contexts_heard.context_uri as context_id,
        contexts_heard.context_uri,

        -- attributes
        -- Older URIs have the person in front: spotify:user:ann:playlist:…, spotify:user:ann:collection.
        case
            when contexts_heard.context_uri like 'spotify:%playlist:%' then 'playlist'
            when contexts_heard.context_uri like 'spotify:%collection%' then 'collection'
            when contexts_heard.context_uri like 'spotify:album:%' then 'album'
            when contexts_heard.context_uri like 'spotify:artist:%' then 'artist'
            when contexts_heard.context_uri like 'spotify:show:%' then 'show'
            else 'other'
        end as context_kind,
        coalesce(albums.album_name, artists.artist_name) as context_name
    from contexts_heard
    left join albums
        on contexts_heard.context_uri = albums.album_id
    left join artists
        on contexts_heard.context_uri = artists.artist_id
    union all
    select
        'unknown' as context_id,
        cast(null as string) as context_uri,
        'unknown' as context_kind,
        cast(null as string) as context_name
)

select * from contexts
