-- The genres of each artist.
--
-- An artist of whom no genre is known has the unknown genre, so that joining the bridge loses nobody.
--
-- grain: one row per artist and genre
-- kind:  incremental
-- key:   artist_id, genre_id
-- recompute: whole
-- reads: dim_artist, int_artist_genres
-- tests: not_null weight, genre_source
--        references artist_id dim_artist.artist_id
--        references genre_id dim_genre.genre_id
--        accepted genre_source correction, artist, release_group, recording, spotify, nothing
--        expression weight > 0 and weight <= 1
-- columns:
--   artist_id  Key of the artist.
--   genre_id  Key of the genre; unknown where none is known.
--   genre_source  What was voted on: artist, release_group or recording; correction where a person said it, spotify where Spotify lists it, nothing where no genre is known.
--   votes  Votes for the genre; empty where no genre is known.

with artists as (
    select artist_id
    from dim_artist
),

artist_genres as (
    select artist_id, genre, genre_source, genre_rank, votes, weight, is_primary
    from int_artist_genres
),

links as (
    select
        -- ids
        artists.artist_id,
        coalesce(artist_genres.genre, 'unknown') as genre_id,

        -- attributes
        coalesce(artist_genres.genre_source, 'nothing') as genre_source,

        -- numbers
        coalesce(artist_genres.genre_rank, 1) as genre_rank,
        artist_genres.votes,
        coalesce(artist_genres.weight, 1e0) as weight,

        -- booleans
        coalesce(artist_genres.is_primary, true) as is_primary
    from artists
    left join artist_genres
        on artists.artist_id = artist_genres.artist_id
)

select * from links
