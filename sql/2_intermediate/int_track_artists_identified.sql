-- The artists of each track, as artists and no longer as names.
--
-- The credits in their order; where nobody ever named any, the album artist alone. Whoever has neither
-- URI nor MBID there is whom the name means. An artist that stands for others (merged, or split) gives way to them; whoever is credited twice counts once.
--
-- grain: one row per track and position of the credit
-- kind:  incremental
-- key:   track_id, position
-- recompute: whole
-- reads: int_tracks_described, int_track_credits_chosen, int_artist_names_identified,
--        int_artist_mbids_identified, int_artists_replaced
-- tests: not_null artist_id
--        accepted told_by credits, album_artist
-- columns:
--   artist_id  Key of the artist: the Spotify URI, else name: and a hash of the name.
--   artist_name  Name as the credit spells it; of who takes somebody's place, the name they are known by.
--   told_by  Where the credit comes from: credits, or the album artist (album_artist) where nobody ever named any.
--   last_ended_ms  When the credit was told last, in milliseconds since 1970 (UTC).

with tracks as (
    select
        track_id,
        album_artist_name,
        artist_key,
        coalesce(album_key, '') as album_key,
        last_ended_ms
    from int_tracks_described
),

credits as (
    select
        track_id,
        position,
        artist_uri,
        artist_mbid,
        artist_name,
        artist_key,
        ended_ms
    from int_track_credits_chosen
),

names as (
    select artist_key, album_key, named_artist_id
    from int_artist_names_identified
),

mbids as (
    select artist_key, album_key, told_mbid, artist_id
    from int_artist_mbids_identified
),

artists_replaced as (
    select artist_id, part, new_artist_id, new_artist_name
    from int_artists_replaced
),

artists_credited as (
    select
        credits.track_id,
        credits.position,
        credits.artist_uri,
        credits.artist_mbid,
        credits.artist_name,
        credits.artist_key,
        tracks.album_key,
        'credits' as told_by,
        credits.ended_ms as last_ended_ms
    from credits
    inner join tracks
        on credits.track_id = tracks.track_id
),

album_artists as (
    select
        tracks.track_id,
        cast(1 as int) as position,
        cast(null as string) as artist_uri,
        cast(null as string) as artist_mbid,
        tracks.album_artist_name as artist_name,
        tracks.artist_key,
        tracks.album_key,
        'album_artist' as told_by,
        tracks.last_ended_ms
    from tracks
    anti join credits
        on tracks.track_id = credits.track_id
    where tracks.artist_key is not null
),

artists as (
    select * from artists_credited
    union all
    select * from album_artists
),

artists_named as (
    select
        artists.track_id,
        artists.position,
        coalesce(artists.artist_uri, mbids.artist_id, names.named_artist_id) as artist_id,
        artists.artist_name,
        artists.told_by,
        artists.last_ended_ms
    from artists
    left join names
        on artists.artist_key = names.artist_key
        and artists.album_key = names.album_key
    left join mbids
        on artists.artist_key = mbids.artist_key
        and artists.album_key = mbids.album_key
        and artists.artist_mbid = mbids.told_mbid
),

-- The name of one that is replaced says nothing about whoever takes its place.
artists_replaced_by_others as (
    select
        artists_named.track_id,
        artists_named.position,
        coalesce(artists_replaced.part, 1) as part,
        coalesce(artists_replaced.new_artist_id, artists_named.artist_id) as artist_id,
        case
            when artists_replaced.artist_id is null
                then artists_named.artist_name
            else artists_replaced.new_artist_name
        end as artist_name,
        artists_named.told_by,
        artists_named.last_ended_ms
    from artists_named
    left join artists_replaced
        on artists_named.artist_id = artists_replaced.artist_id
),

artists_once as (
    select
        artists_replaced_by_others.*,
        row_number() over (partition by track_id, artist_id order by position, part) as occurrence
    from artists_replaced_by_others
),

artists_identified as (
    select
        -- ids
        track_id,
        artist_id,

        -- attributes
        artist_name,
        told_by,

        -- numbers
        cast(row_number() over (partition by track_id order by position, part) as int) as position,
        last_ended_ms
    from artists_once
    where occurrence = 1
)

select * from artists_identified
