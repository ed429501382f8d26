-- The genres of each track, each with its share: those of everyone credited.
--
-- Whoever is credited has an equal part of the track, as long as a genre of theirs is known; so the
-- shares of one track sum to 1. A track of nobody whose genre is known has no row.
--
-- grain: one row per track and genre
-- kind:  incremental
-- key:   track_id, genre
-- recompute: whole
-- reads: int_track_artists_identified, int_artist_genres
-- tests: expression weight > 0 and weight <= 1 + 1e-9
-- columns:
--   weight  Part of the track that is of this genre, above 0 to 1; the parts of one track sum to 1.

with credits as (
    select track_id, artist_id
    from int_track_artists_identified
),

artist_genres as (
    select artist_id, genre, weight
    from int_artist_genres
),

weights as (
    select
        credits.track_id,
        artist_genres.genre,
        sum(artist_genres.weight) as weight
    from credits
    inner join artist_genres
        on credits.artist_id = artist_genres.artist_id
    group by credits.track_id, artist_genres.genre
),

track_genres as (
    select
        -- ids
        track_id,
        genre,

        -- numbers
        -- Rounded, because sums of fractions depend on their order; the smallest share stays one.
        greatest(round(weight / sum(weight) over (partition by track_id), 9), 1e-9) as weight
    from weights
)

select * from track_genres
