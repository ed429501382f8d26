-- Every artist has genres whose weights sum to one, and exactly one of them is the primary one.

with genres as (
    select
        artist_id,
        sum(weight) as weight,
        count(*) filter (where is_primary) as primary_genres,
        max(case when is_primary then genre_id end) as primary_genre
    from bridge_artist_genre
    group by artist_id
)

select
    dim_artist.artist_id,
    dim_artist.primary_genre,
    genres.primary_genre as primary_genre_of_bridge,
    genres.primary_genres,
    genres.weight
from dim_artist
left join genres
    on dim_artist.artist_id = genres.artist_id
where genres.artist_id is null
    or genres.primary_genres <> 1
    or abs(genres.weight - 1) > 1e-6
    or genres.primary_genre <> dim_artist.primary_genre
