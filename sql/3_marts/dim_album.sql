-- Albums that were heard from; shows and audiobooks stand beside them.
--
-- grain: one row per album, and one for an unknown album
-- kind:  incremental
-- key:   album_id
-- recompute: whole
-- reads: int_albums_identified, int_tracks_identified, int_tracks_described,
--        int_artist_names_identified, dim_artist
-- tests: not_null album_name, artist_id, album_kind
--        references artist_id dim_artist.artist_id
--        accepted album_kind album, show, audiobook, unknown
--        accepted release_date_precision year, month, day
--        warn between release_year 1860 2200
-- columns:
--   album_id  Key of the album: the Spotify URI, else name: and a hash of its names, else unknown.
--   album_uri  Spotify URI; empty where no source told one.
--   artist_id  Key of the album artist.
--   album_kind  What it is: album, show or audiobook.
--   album_name  Name of the album, show or audiobook.
--   artist_album  Album artist and album in one text.
--   release_date  Date of release; the first day of the month or year where no more is known.
--   release_date_precision  How much of the release date is known: day, month or year.
--   release_year  Year of release.
--   release_decade  Decade of release, as its first year (1990).

with albums as (
    select track_id, album_id, album_kind
    from int_albums_identified
),

tracks as (
    select
        int_tracks_described.track_id,
        int_tracks_described.album_name,
        int_tracks_described.album_artist_name,
        int_tracks_described.artist_key,
        coalesce(int_tracks_described.album_key, '') as album_key,
        int_tracks_described.album_release_date_text,
        int_tracks_described.album_release_date_precision,
        int_tracks_described.last_ended_ms
    from int_tracks_described
    semi join int_tracks_identified
        on int_tracks_described.track_id = int_tracks_identified.track_id
),

artists as (
    select artist_id, artist_name
    from dim_artist
),

versions as (
    select
        albums.album_id,
        albums.album_kind,
        tracks.album_name,
        tracks.album_artist_name,
        names.artist_id,
        tracks.album_release_date_text,
        tracks.album_release_date_precision,
        max(tracks.last_ended_ms) as last_ended_ms
    from albums
    inner join tracks
        on albums.track_id = tracks.track_id
    left join int_artist_names_identified as names
        on tracks.artist_key = names.artist_key
        and tracks.album_key = names.album_key
    group by
        albums.album_id,
        albums.album_kind,
        tracks.album_name,
        tracks.album_artist_name,
        names.artist_id,
        tracks.album_release_date_text,
        tracks.album_release_date_precision
),

versions_ranked as (
    select
        versions.*,
        row_number() over (
            partition by album_id
            order by
                cast(album_name is null as int)
                + cast(artist_id is null as int)
                + cast(album_release_date_text is null as int),
                last_ended_ms desc,
                album_name desc nulls last,
                artist_id desc nulls last,
                album_artist_name desc nulls last,
                album_release_date_text desc nulls last,
                album_release_date_precision desc nulls last,
                album_kind
        ) as choice
    from versions
),

-- Dates come as 1994, 1994-03 or 1994-03-28; 0000 and what is not a date stay empty.
albums_with_date as (
    select
        album_id,
        album_kind,
        album_name,
        artist_id,
        case
            when length(album_release_date_text) in (4, 7, 10)
                and album_release_date_text not like '0000%'
                then try_cast(substr(album_release_date_text || '-01-01', 1, 10) as date)
        end as release_date,
        case length(album_release_date_text)
            when 4 then 'year'
            when 7 then 'month'
            when 10 then 'day'
        end as release_date_precision
    from versions_ranked
    where choice = 1
),

albums_described as (
    select
        -- ids
        albums_with_date.album_id,
        case when albums_with_date.album_id not like 'name:%' then albums_with_date.album_id end
            as album_uri,
        coalesce(albums_with_date.artist_id, 'unknown') as artist_id,

        -- attributes
        albums_with_date.album_kind,
        coalesce(albums_with_date.album_name, albums_with_date.album_id) as album_name,
        coalesce(artists.artist_name || ' - ', '')
            || coalesce(albums_with_date.album_name, albums_with_date.album_id) as artist_album,
        case
            when albums_with_date.release_date is not null
                then albums_with_date.release_date_precision
        end as release_date_precision,

        -- numbers
        cast(year(albums_with_date.release_date) as int) as release_year,
        cast(floor(year(albums_with_date.release_date) / 10) * 10 as int) as release_decade,

        -- times
        albums_with_date.release_date
    from albums_with_date
    left join artists
        on albums_with_date.artist_id = artists.artist_id
    union all
    select
        'unknown' as album_id,
        cast(null as string) as album_uri,
        'unknown' as artist_id,
        'unknown' as album_kind,
        'Unknown album' as album_name,
        'Unknown album' as artist_album,
        cast(null as string) as release_date_precision,
        cast(null as int) as release_year,
        cast(null as int) as release_decade,
        cast(null as date) as release_date
)

select * from albums_described
