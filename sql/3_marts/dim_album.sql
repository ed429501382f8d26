-- Albums that were heard from; shows and audiobooks stand beside them.
--
-- What Spotify says, in plays and in answers about the album, goes before what MusicBrainz says of the
-- same release, column by column. Its artist is the first one that Spotify credits on it; where it never
-- named the credits, the one that plays name.
--
-- grain: one row per album, and one for an unknown album
-- kind:  incremental
-- key:   album_id
-- recompute: whole
-- reads: int_albums_identified, int_tracks_identified, int_tracks_described,
--        int_artist_names_identified, int_album_artists_identified, int_album_facts_chosen,
--        int_album_popularity, popularity_bands, dim_artist
-- tests: not_null album_name, artist_id, album_kind, popularity_group, popularity_sort
--        references artist_id dim_artist.artist_id
--        accepted album_kind album, show, audiobook, unknown
--        accepted release_date_precision year, month, day
--        accepted popularity_source spotify, listenbrainz
--        between album_popularity 0 100
--        warn between release_year 1860 2200
-- columns:
--   album_id  Key of the album: the Spotify URI, else name: and a hash of its names, else unknown.
--   album_uri  Spotify URI; empty where no source told one.
--   artist_id  Key of the album artist; everybody credited is in bridge_album_artist.
--   album_name  Name of the album, show or audiobook.
--   artist_album  Album artist and album in one text.
--   popularity_source  Who tells the popularity: spotify, or listenbrainz (a percentile among the albums here).
--   album_popularity  Popularity from 0 to 100; empty where nobody tells.
--   popularity_sort  Order of the popularity in words, the most popular first; 7 where nobody tells.
--   is_popular  True where the popularity is 50 or more; empty where nobody tells.
--   release_date  Date of release; the first day of the month or year where no more is known.
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

first_credits as (
    select album_id, artist_id
    from int_album_artists_identified
    where position = 1
),

facts as (
    select
        album_uri,
        release_mbid,
        release_group_mbid,
        album_type,
        label,
        upc,
        release_date,
        release_date_precision,
        total_tracks
    from int_album_facts_chosen
),

popularities as (
    select album_id, popularity, popularity_source
    from int_album_popularity
),

bands as (
    select popularity_group, popularity_from, popularity_to, popularity_sort
    from popularity_bands
),

albums_with_facts as (
    select
        versions_ranked.album_id,
        versions_ranked.album_kind,
        versions_ranked.album_name,
        coalesce(first_credits.artist_id, versions_ranked.artist_id) as artist_id,
        coalesce(
            case
                when versions_ranked.album_release_date_text not like '0000%'
                    then versions_ranked.album_release_date_text
            end,
            facts.release_date
        ) as release_date_text,
        facts.release_mbid,
        facts.release_group_mbid,
        facts.album_type,
        facts.label,
        facts.upc,
        facts.total_tracks,
        popularities.popularity_source,
        popularities.popularity
    from versions_ranked
    left join first_credits
        on versions_ranked.album_id = first_credits.album_id
    left join facts
        on versions_ranked.album_id = facts.album_uri
    left join popularities
        on versions_ranked.album_id = popularities.album_id
    where versions_ranked.choice = 1
),

-- Dates come as 1994, 1994-03 or 1994-03-28; 0000 and what is not a date stay empty.
albums_with_date as (
    select
        albums_with_facts.*,
        case
            when length(release_date_text) in (4, 7, 10)
                and release_date_text not like '0000%'
                then try_cast(substr(release_date_text || '-01-01', 1, 10) as date)
        end as release_date,
        case length(release_date_text)
            when 4 then 'year'
            when 7 then 'month'
            when 10 then 'day'
        end as release_date_precision
    from albums_with_facts
),

albums_described as (
    select
        -- ids
        albums_with_date.album_id,
        case when albums_with_date.album_id not like 'name:%' then albums_with_date.album_id end
            as album_uri,
        coalesce(albums_with_date.artist_id, 'unknown') as artist_id,
        albums_with_date.release_mbid,
        albums_with_date.release_group_mbid,

        -- attributes
        albums_with_date.album_kind,
        coalesce(albums_with_date.album_name, albums_with_date.album_id) as album_name,
        coalesce(artists.artist_name || ' - ', '')
            || coalesce(albums_with_date.album_name, albums_with_date.album_id) as artist_album,
        albums_with_date.album_type,
        albums_with_date.label,
        albums_with_date.upc,
        coalesce(bands.popularity_group, 'No data') as popularity_group,
        albums_with_date.popularity_source,
        case
            when albums_with_date.release_date is not null
                then albums_with_date.release_date_precision
        end as release_date_precision,

        -- numbers
        albums_with_date.total_tracks,
        albums_with_date.popularity as album_popularity,
        coalesce(bands.popularity_sort, 7) as popularity_sort,
        cast(year(albums_with_date.release_date) as int) as release_year,
        cast(floor(year(albums_with_date.release_date) / 10) * 10 as int) as release_decade,

        -- booleans
        albums_with_date.popularity >= 50 as is_popular,

        -- times
        albums_with_date.release_date
    from albums_with_date
    left join artists
        on albums_with_date.artist_id = artists.artist_id
    left join bands
        on albums_with_date.popularity between bands.popularity_from and bands.popularity_to
    union all
    select
        'unknown' as album_id,
        cast(null as string) as album_uri,
        'unknown' as artist_id,
        cast(null as string) as release_mbid,
        cast(null as string) as release_group_mbid,
        'unknown' as album_kind,
        'Unknown album' as album_name,
        'Unknown album' as artist_album,
        cast(null as string) as album_type,
        cast(null as string) as label,
        cast(null as string) as upc,
        'No data' as popularity_group,
        cast(null as string) as popularity_source,
        cast(null as string) as release_date_precision,
        cast(null as int) as total_tracks,
        cast(null as int) as album_popularity,
        7 as popularity_sort,
        cast(null as int) as release_year,
        cast(null as int) as release_decade,
        cast(null as boolean) as is_popular,
        cast(null as date) as release_date
)

select * from albums_described
