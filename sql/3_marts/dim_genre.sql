-- Genres of the artists that were heard, each with its place among them.
--
-- Plays count in each of their genres; minutes are shared among them. The five groups hold a fifth of
-- the genres each; genres with equal numbers are in one group. The unknown genre takes no part.
--
-- grain: one row per genre, and one for an unknown genre
-- kind:  incremental
-- key:   genre_id
-- recompute: whole
-- reads: bridge_artist_genre, bridge_track_artist, int_artist_genres, dim_artist, fct_artist_genre
-- tests: not_null genre, genre_family
--        unique genre
--        between tracks_grouping 1 5
--        between time_grouping 1 5
-- columns:
--   genre_id  Key of the genre: its name, else unknown.
--   genre  Name of the genre, in lower case. Who has it follows from votes at MusicBrainz (tags and genres: CC BY-NC-SA 3.0).
--   genre_family  Family the genre belongs to, such as rock or electronic.
--   top_artist_in_genre  Artist of the genre with the most counted plays; empty where none counts.
--   most_popular_artist_in_genre  Artist of the genre with the highest popularity; empty where nobody tells.
--   rank_by_tracks_played  Place by counted plays, from 1; equals share a place.
--   tracks_grouping  Fifth of the genres by counted plays: 1 has the most played.
--   group_by_tracks_played  That fifth in words, from Group 1 (Most Played) to Group 5 (Least Played).
--   total_tracks_played_in_genre  Counted plays that have the genre, whatever their share.
--   rank_by_time_played  Place by minutes, from 1; equals share a place.
--   time_grouping  Fifth of the genres by minutes: 1 has the most.
--   group_by_time_played  That fifth in words, from Group 1 (Most Time) to Group 5 (Least Time).
--   total_minutes_played_in_genre  Minutes of counted plays by the genre's share of each; the minutes of all genres add up.
--   artists  Artists of the genre.

with links as (
    select artist_id, genre_id, weight
    from bridge_artist_genre
),

families as (
    select
        genre,
        min(genre_family) as genre_family
    from int_artist_genres
    group by genre
),

artists as (
    select artist_id, artist_name, popularity
    from dim_artist
    where artist_id <> 'unknown'
),

track_artists as (
    select track_id, artist_id
    from bridge_track_artist
),

-- As few rows as there are tracks and genres, before anything else is done with plays.
plays as (
    select
        genre_id,
        track_id,
        count(*) filter (where is_counted) as counted_plays,
        -- In whole thousandths: a sum of fractions depends on the order of rows.
        cast(
            round(
                coalesce(sum(cast(round(ms_listened_weighted * 1e3) as bigint)) filter (where is_counted), 0) / 1e3
            ) as bigint
        ) as ms_listened
    from fct_artist_genre
    group by genre_id, track_id
),

-- Whoever is credited on a track and has the genre brought it.
plays_by_artist as (
    select
        plays.genre_id,
        track_artists.artist_id,
        cast(sum(plays.counted_plays) as bigint) as counted_plays
    from plays
    inner join track_artists
        on plays.track_id = track_artists.track_id
    group by plays.genre_id, track_artists.artist_id
),

artists_without_genre as (
    select count(*) as artists
    from links
    where genre_id = 'unknown'
        and artist_id <> 'unknown'
),

plays_by_genre as (
    select
        genre_id,
        cast(sum(counted_plays) as bigint) as counted_plays,
        cast(sum(ms_listened) as bigint) as ms_listened
    from plays
    group by genre_id
),

artists_ranked as (
    select
        links.genre_id,
        artists.artist_name,
        artists.popularity,
        plays.counted_plays,
        row_number() over (
            partition by links.genre_id
            order by
                coalesce(plays.counted_plays, 0) desc,
                artists.artist_name,
                artists.artist_id
        ) as place_by_plays,
        row_number() over (
            partition by links.genre_id
            order by
                coalesce(artists.popularity, -1) desc,
                coalesce(plays.counted_plays, 0) desc,
                artists.artist_name,
                artists.artist_id
        ) as place_by_popularity
    from links
    inner join artists
        on links.artist_id = artists.artist_id
    left join plays_by_artist as plays
        on links.genre_id = plays.genre_id
        and links.artist_id = plays.artist_id
    where links.genre_id <> 'unknown'
),

genres_with_artists as (
    select
        genre_id,
        count(*) as artists,
        max(case when place_by_plays = 1 and counted_plays > 0 then artist_name end)
            as top_artist_in_genre,
        max(case when place_by_popularity = 1 and popularity is not null then artist_name end)
            as most_popular_artist_in_genre
    from artists_ranked
    group by genre_id
),

genres_ranked as (
    select
        genres_with_artists.genre_id,
        genres_with_artists.artists,
        genres_with_artists.top_artist_in_genre,
        genres_with_artists.most_popular_artist_in_genre,
        coalesce(plays_by_genre.counted_plays, 0) as counted_plays,
        coalesce(plays_by_genre.ms_listened, 0) as ms_listened,
        rank() over (order by coalesce(plays_by_genre.counted_plays, 0) desc) as rank_by_plays,
        rank() over (order by coalesce(plays_by_genre.ms_listened, 0) desc) as rank_by_time,
        count(*) over () as genre_count
    from genres_with_artists
    left join plays_by_genre
        on genres_with_artists.genre_id = plays_by_genre.genre_id
),

genres_grouped as (
    select
        genres_ranked.*,
        1 + cast(floor((rank_by_plays - 1) * 5 / genre_count) as int) as plays_group,
        1 + cast(floor((rank_by_time - 1) * 5 / genre_count) as int) as time_group
    from genres_ranked
),

genres_described as (
    select
        -- ids
        genres_grouped.genre_id,

        -- attributes
        genres_grouped.genre_id as genre,
        coalesce(families.genre_family, 'other') as genre_family,
        genres_grouped.top_artist_in_genre,
        genres_grouped.most_popular_artist_in_genre,
        'Group ' || cast(genres_grouped.plays_group as string)
            || case genres_grouped.plays_group
                when 1 then ' (Most Played)'
                when 5 then ' (Least Played)'
                else ''
            end as group_by_tracks_played,
        'Group ' || cast(genres_grouped.time_group as string)
            || case genres_grouped.time_group
                when 1 then ' (Most Time)'
                when 5 then ' (Least Time)'
                else ''
            end as group_by_time_played,

        -- numbers
        cast(genres_grouped.rank_by_plays as int) as rank_by_tracks_played,
        genres_grouped.plays_group as tracks_grouping,
        genres_grouped.counted_plays as total_tracks_played_in_genre,
        cast(genres_grouped.rank_by_time as int) as rank_by_time_played,
        genres_grouped.time_group as time_grouping,
        round(genres_grouped.ms_listened / 6e4, 1) as total_minutes_played_in_genre,
        genres_grouped.artists
    from genres_grouped
    left join families
        on genres_grouped.genre_id = families.genre
    union all
    select
        'unknown' as genre_id,
        'unknown' as genre,
        'unknown' as genre_family,
        cast(null as string) as top_artist_in_genre,
        cast(null as string) as most_popular_artist_in_genre,
        cast(null as string) as group_by_tracks_played,
        cast(null as string) as group_by_time_played,
        cast(null as int) as rank_by_tracks_played,
        cast(null as int) as tracks_grouping,
        coalesce(max(plays_by_genre.counted_plays), 0) as total_tracks_played_in_genre,
        cast(null as int) as rank_by_time_played,
        cast(null as int) as time_grouping,
        round(coalesce(max(plays_by_genre.ms_listened), 0) / 6e4, 1) as total_minutes_played_in_genre,
        max(artists_without_genre.artists) as artists
    from artists_without_genre
    left join plays_by_genre
        on plays_by_genre.genre_id = 'unknown'
)

select * from genres_described
