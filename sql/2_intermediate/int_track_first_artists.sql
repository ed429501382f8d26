-- The first artist credited on each track, by the name to show.
--
-- For reports of plays that may be left out of everything: `dim_artist` has no artist of whom every play
-- was left out.
--
-- grain: one row per track that anybody is named for
-- kind:  view
-- reads: int_track_artists_identified, int_artist_names_by_hand
-- columns:
--   artist_id  Key of the first artist credited.
--   artist_name  The alias where a person masked the artist, else the name a person gave, else as the credit spells it.

with artists as (
    select track_id, artist_id, artist_name
    from int_track_artists_identified
    where position = 1
),

first_artists as (
    select
        -- ids
        artists.track_id,
        artists.artist_id,

        -- attributes
        coalesce(names_by_hand.mask_name, names_by_hand.new_name, artists.artist_name) as artist_name
    from artists
    left join int_artist_names_by_hand as names_by_hand
        on artists.artist_id = names_by_hand.artist_id
)

select * from first_artists
