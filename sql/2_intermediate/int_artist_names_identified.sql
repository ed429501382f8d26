-- Which artist a bare name means, in general or on one album.
--
-- Exports name the album artist and nothing else; the API names artists with their URIs. A name
-- means the artist of that name credited on the same album, if there is just one; else what it means
-- everywhere: the only artist ever seen under that name, else an artist known by name alone. So an
-- artist is one row, whichever source told about it, and two artists who share a name are not mixed
-- up. Where that artist stands for others (merged, or split), the first of them is meant.
--
-- grain: one row per name and album it was read on ('' without an album)
-- kind:  incremental
-- key:   artist_key, album_key
-- recompute: whole
-- reads: int_artist_names_resolved, int_artists_replaced, int_track_credits_chosen,
--        int_album_credits_chosen, int_tracks_described
-- tests: not_null artist_id, named_artist_id
-- columns:
--   album_key  Name of the album that it was read on, in lower case; '' without an album.
--   artist_id  Key of the artist that is meant, or of the first who takes its place.
--   named_artist_id  Key of the artist that is meant, whoever takes its place.

with credits_on_tracks as (
    select track_id, artist_uri, artist_key
    from int_track_credits_chosen
    where artist_key is not null
),

tracks as (
    select
        track_id,
        album_uri,
        artist_key,
        coalesce(album_key, '') as album_key
    from int_tracks_described
),

names_resolved as (
    select artist_key, artist_id
    from int_artist_names_resolved
),

artists_replaced as (
    select artist_id, new_artist_id
    from int_artists_replaced
    where part = 1
),

names_on_albums as (
    select
        credits_on_tracks.artist_key,
        tracks.album_key,
        credits_on_tracks.artist_uri
    from credits_on_tracks
    inner join tracks
        on credits_on_tracks.track_id = tracks.track_id
    where credits_on_tracks.artist_uri is not null
    union all
    select
        int_album_credits_chosen.artist_key,
        tracks.album_key,
        int_album_credits_chosen.artist_uri
    from int_album_credits_chosen
    inner join tracks
        on int_album_credits_chosen.album_uri = tracks.album_uri
    where int_album_credits_chosen.artist_key is not null
),

unambiguous_names_on_albums as (
    select
        artist_key,
        album_key,
        max(artist_uri) as only_artist_uri
    from names_on_albums
    where album_key <> ''
    group by artist_key, album_key
    having count(distinct artist_uri) = 1
),

names_read as (
    select artist_key, album_key
    from tracks
    where artist_key is not null
    union
    select credits_on_tracks.artist_key, tracks.album_key
    from credits_on_tracks
    inner join tracks
        on credits_on_tracks.track_id = tracks.track_id
),

names_meant as (
    select
        names_read.artist_key,
        names_read.album_key,
        coalesce(
            unambiguous_names_on_albums.only_artist_uri,
            names_resolved.artist_id,
            'name:' || md5('artist:' || names_read.artist_key)
        ) as artist_id
    from names_read
    left join names_resolved
        on names_read.artist_key = names_resolved.artist_key
    left join unambiguous_names_on_albums
        on names_read.artist_key = unambiguous_names_on_albums.artist_key
        and names_read.album_key = unambiguous_names_on_albums.album_key
),

names_identified as (
    select
        -- ids
        names_meant.artist_key,
        names_meant.album_key,
        coalesce(artists_replaced.new_artist_id, names_meant.artist_id) as artist_id,
        names_meant.artist_id as named_artist_id
    from names_meant
    left join artists_replaced
        on names_meant.artist_id = artists_replaced.artist_id
)

select * from names_identified
