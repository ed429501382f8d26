-- The artists whom Spotify credits on each album that was heard from.
--
-- An artist that stands for others (merged, or split) gives way to them; whoever is credited twice
-- counts once.
--
-- grain: one row per album and position of the credit
-- kind:  incremental
-- key:   album_id, position
-- recompute: whole
-- reads: int_albums_identified, int_album_credits_chosen, int_artists_replaced
-- tests: not_null artist_id
-- columns:
--   artist_id  Key of the artist credited, or of who takes their place.
--   artist_name  Name as the credit spells it; of who takes somebody's place, the name they are known by.

with albums as (
    select distinct album_id
    from int_albums_identified
),

credits as (
    select album_uri, artist_uri, artist_name, position
    from int_album_credits_chosen
),

artists_replaced as (
    select artist_id, part, new_artist_id, new_artist_name
    from int_artists_replaced
),

-- The name of one that is replaced says nothing about whoever takes its place.
artists as (
    select
        albums.album_id,
        credits.position,
        coalesce(artists_replaced.part, 1) as part,
        coalesce(artists_replaced.new_artist_id, credits.artist_uri) as artist_id,
        case
            when artists_replaced.artist_id is null
                then credits.artist_name
            else artists_replaced.new_artist_name
        end as artist_name
    from albums
    inner join credits
        on albums.album_id = credits.album_uri
    left join artists_replaced
        on credits.artist_uri = artists_replaced.artist_id
),

artists_once as (
    select
        artists.*,
        row_number() over (partition by album_id, artist_id order by position, part) as occurrence
    from artists
),

artists_identified as (
    select
        -- ids
        album_id,
        artist_id,

        -- attributes
        artist_name,

        -- numbers
        cast(row_number() over (partition by album_id order by position, part) as int) as position
    from artists_once
    where occurrence = 1
)

select * from artists_identified
