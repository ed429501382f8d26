-- Artists that were heard, or that an album heard is by.
--
-- An artist is known by the URI of the API where any source told it, else by name. Whoever MusicBrainz
-- does not know, or was not asked about yet, has a row all the same, with unknown genre and place.
--
-- grain: one row per artist, and one for an unknown artist
-- kind:  incremental
-- key:   artist_id
-- recompute: whole
-- reads: int_track_artists_identified, int_album_artists_identified, int_tracks_identified, int_tracks_described,
--        int_artist_names_identified, int_artist_names_by_hand, int_artists_linked,
--        int_artist_facts_chosen, int_artist_origins, int_artist_genres, int_artist_popularity,
--        popularity_bands, dim_location
-- tests: not_null artist_name, artist_group_id, location_id, primary_genre, genre_family, popularity_group, popularity_sort
--        accepted known_by uri, name, nothing
--        accepted popularity_source spotify, listenbrainz
--        accepted origin_of begin_area, area, country
--        between link_score 0 100
--        between popularity 0 100
--        references location_id dim_location.location_id
--        references primary_genre dim_genre.genre
-- columns:
--   artist_id  Key of the artist: the Spotify URI, else name: and a hash of the name, else unknown.
--   artist_uri  Spotify URI; empty where no source told one.
--   artist_mbid  MBID of the artist at MusicBrainz; empty where none is known.
--   location_id  Key of the place the artist comes from; unknown where none is known.
--   artist_name  Name to show: the alias where a person masked the artist, the name a person gave, else as the newest credit spells it; where there is none, the newest report.
--   mask_name  Alias a person gave the artist; empty where it is not masked.
--   known_by  What tells the artist from others: uri, name or nothing.
--   link_method  How the MBID was found: correction, url, isrc, search, names or credits; empty where there is none and nobody said so.
--   link_score  How sure the service was of the MBID, of 100; empty where it does not say.
--   linked_at  When a service told the MBID last; empty where there is none, or where a person or the credits of listens told it.
--   artist_type  Person, Group, Orchestra, Choir, Character or Other.
--   life_end  When the person died or the group ended, in the same forms.
--   primary_genre  The genre with the most votes; unknown where none is known.
--   genre_family  Family of the primary genre; unknown where none is known.
--   country_code  ISO 3166-1 of the country or territory, or the code MusicBrainz uses for one that is no more.
--   origin_precision  What kind of place it is: country, subdivision, county, municipality, city, district, island or area; unknown where none is known.
--   popularity  Popularity from 0 to 100; empty where nobody tells.
--   popularity_sort  Order of the popularity in words, the most popular first; 7 where nobody tells.
--   is_popular  True where the popularity is 50 or more; empty where nobody tells.

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
        -- One that stands for another does not give it its name.
        case when names.artist_id = names.named_artist_id then tracks.artist_name end as artist_name,
        'album_artist' as told_by,
        tracks.last_ended_ms
    from tracks
    inner join int_artist_names_identified as names
        on tracks.artist_key = names.artist_key
        and tracks.album_key = names.album_key
    union all
    -- The credits of a track are newer than what is known of its album.
    select
        artist_id,
        artist_name,
        'credits' as told_by,
        cast(0 as bigint) as last_ended_ms
    from int_album_artists_identified
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

names_by_hand as (
    select artist_id, new_name, mask_name
    from int_artist_names_by_hand
),

links as (
    select artist_id, artist_mbid, artist_group_id, link_method, link_score, linked_at
    from int_artists_linked
),

facts as (
    select
        artist_mbid,
        artist_name,
        sort_name,
        disambiguation,
        artist_type,
        gender,
        life_begin,
        life_end,
        is_ended
    from int_artist_facts_chosen
),

origins as (
    select artist_mbid, location_id, origin_of
    from int_artist_origins
),

primary_genres as (
    select artist_id, genre, genre_family
    from int_artist_genres
    where is_primary
),

popularities as (
    select artist_id, popularity, popularity_source
    from int_artist_popularity
),

bands as (
    select popularity_group, popularity_from, popularity_to, popularity_sort
    from popularity_bands
),

locations as (
    select
        location_id,
        location_kind,
        continent_code,
        continent,
        country_code,
        country,
        state_province_code,
        state_province,
        county,
        city,
        district,
        coordinates_precision,
        latitude,
        longitude
    from dim_location
),

artists_heard as (
    select
        artist_id,
        case when artist_id not like 'name:%' then artist_id end as artist_uri,
        artist_name,
        case when artist_id like 'name:%' then 'name' else 'uri' end as known_by
    from names_ranked
    where choice = 1
    union all
    select
        'unknown' as artist_id,
        cast(null as string) as artist_uri,
        'Unknown artist' as artist_name,
        'nothing' as known_by
),

artists_enriched as (
    select
        artists_heard.artist_id,
        artists_heard.artist_uri,
        links.artist_mbid,
        coalesce(links.artist_group_id, artists_heard.artist_id) as artist_group_id,
        coalesce(origins.location_id, 'unknown') as location_id,
        coalesce(
            names_by_hand.mask_name,
            names_by_hand.new_name,
            artists_heard.artist_name,
            facts.artist_name,
            artists_heard.artist_id
        ) as artist_name,
        names_by_hand.mask_name,
        artists_heard.known_by,
        links.link_method,
        links.link_score,
        links.linked_at,
        case when names_by_hand.mask_name is null then facts.sort_name end as sort_name,
        case when names_by_hand.mask_name is null then facts.disambiguation end as disambiguation,
        facts.artist_type,
        facts.gender,
        facts.life_begin,
        facts.life_end,
        coalesce(primary_genres.genre, 'unknown') as primary_genre,
        coalesce(primary_genres.genre_family, 'unknown') as genre_family,
        popularities.popularity_source,
        origins.origin_of,
        popularities.popularity,
        facts.is_ended
    from artists_heard
    left join names_by_hand
        on artists_heard.artist_id = names_by_hand.artist_id
    left join links
        on artists_heard.artist_id = links.artist_id
    left join facts
        on links.artist_mbid = facts.artist_mbid
    left join origins
        on links.artist_mbid = origins.artist_mbid
    left join primary_genres
        on artists_heard.artist_id = primary_genres.artist_id
    left join popularities
        on artists_heard.artist_id = popularities.artist_id
),

artists as (
    select
        -- ids
        artists_enriched.artist_id,
        artists_enriched.artist_uri,
        artists_enriched.artist_mbid,
        artists_enriched.artist_group_id,
        artists_enriched.location_id,

        -- attributes
        artists_enriched.artist_name,
        artists_enriched.mask_name,
        artists_enriched.known_by,
        artists_enriched.link_method,
        artists_enriched.sort_name,
        artists_enriched.disambiguation,
        artists_enriched.artist_type,
        artists_enriched.gender,
        artists_enriched.life_begin,
        artists_enriched.life_end,
        artists_enriched.primary_genre,
        artists_enriched.genre_family,
        coalesce(bands.popularity_group, 'No data') as popularity_group,
        artists_enriched.popularity_source,
        artists_enriched.origin_of,
        case when artists_enriched.location_id = 'unknown' then 'unknown' else locations.location_kind end
            as origin_precision,
        locations.continent_code,
        locations.continent,
        locations.country_code,
        locations.country,
        locations.state_province_code,
        locations.state_province,
        locations.county,
        locations.city,
        locations.district,
        locations.coordinates_precision,

        -- numbers
        artists_enriched.link_score,
        artists_enriched.popularity,
        coalesce(bands.popularity_sort, 7) as popularity_sort,
        locations.latitude,
        locations.longitude,

        -- booleans
        artists_enriched.popularity >= 50 as is_popular,
        artists_enriched.is_ended,

        -- times
        artists_enriched.linked_at
    from artists_enriched
    left join locations
        on artists_enriched.location_id = locations.location_id
    left join bands
        on artists_enriched.popularity between bands.popularity_from and bands.popularity_to
)

select * from artists
