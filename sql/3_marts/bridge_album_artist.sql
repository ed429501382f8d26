-- Everyone credited on each album.
--
-- Where Spotify never named the credits, the album artist that plays tell of is the only one. An album
-- nobody is named for has the unknown artist, so that joining the bridge loses no album.
--
-- grain: one row per album and position of the credit
-- kind:  incremental
-- key:   album_id, position
-- recompute: whole
-- reads: dim_album, int_album_artists_identified
-- tests: not_null artist_id, role, weight
--        references album_id dim_album.album_id
--        references artist_id dim_artist.artist_id
--        accepted role primary, credited
--        accepted told_by credits, album_artist, nothing
--        between position 1 1000
--        expression weight > 0 and weight <= 1
-- columns:
--   artist_id  Key of the artist credited.
--   role  primary for the first artist, credited for the others.
--   told_by  Where the credit comes from: credits of the API, the album artist of plays, or nothing.
--   weight  Share of the credit, 0 to 1; the shares of one album sum to 1.

with albums as (
    select album_id, artist_id
    from dim_album
),

album_artists as (
    select album_id, artist_id, position
    from int_album_artists_identified
),

credits as (
    select
        -- ids
        albums.album_id,
        coalesce(album_artists.artist_id, albums.artist_id) as artist_id,

        -- attributes
        case when coalesce(album_artists.position, 1) = 1 then 'primary' else 'credited' end as role,
        case
            when album_artists.album_id is not null
                then 'credits'
            when albums.artist_id <> 'unknown'
                then 'album_artist'
            else 'nothing'
        end as told_by,

        -- numbers
        coalesce(album_artists.position, 1) as position,
        1e0 / count(*) over (partition by albums.album_id) as weight
    from albums
    left join album_artists
        on albums.album_id = album_artists.album_id
)

select * from credits
