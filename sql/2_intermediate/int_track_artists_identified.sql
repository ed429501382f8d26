-- The artists of each track, as artists and no longer as names.
--
-- The API's credits in their order; where the API never named any, the album artist alone.
--
-- grain: one row per track and position of the credit
-- kind:  incremental
-- key:   track_id, position
-- recompute: whole
-- reads: int_tracks_described, int_track_credits_chosen, int_artist_names_identified
-- tests: not_null artist_id, artist_name
--        accepted told_by credits, album_artist

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
        artist_name,
        artist_key,
        ended_ms
    from int_track_credits_chosen
),

names as (
    select artist_key, album_key, artist_id
    from int_artist_names_identified
),

artists_credited as (
    select
        credits.track_id,
        credits.position,
        credits.artist_uri,
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

artists_numbered as (
    select
        artists.*,
        row_number() over (partition by track_id order by position) as place
    from artists
),

artists_identified as (
    select
        -- ids
        artists_numbered.track_id,
        coalesce(artists_numbered.artist_uri, names.artist_id) as artist_id,

        -- attributes
        artists_numbered.artist_name,
        artists_numbered.told_by,

        -- numbers
        cast(artists_numbered.place as int) as position,
        artists_numbered.last_ended_ms
    from artists_numbered
    left join names
        on artists_numbered.artist_key = names.artist_key
        and artists_numbered.album_key = names.album_key
)

select * from artists_identified
