-- What does MusicBrainz say about each artist that was heard?
--
-- Artists that a person masked are left out.
--
-- grain: one row per artist of MusicBrainz
-- kind:  table
-- key:   artist_mbid
-- reads: dim_artist, int_artist_facts_chosen
-- columns:
--   artist_mbid  MBID of the artist.
--   artist_name  Name as MusicBrainz writes it.
--   sort_name  Name to sort by.
--   spotify_artists  How many artists of Spotify, or bare names, here are this one.
--   area_id  MBID of the area where they live or lived.
--   area_name  Its name.
--   begin_area_id  MBID of the area where they were born or founded.
--   begin_area_name  Its name.
--   end_area_id  MBID of the area where they died or ended.
--   end_area_name  Its name.
--   country_code  ISO 3166-1 of the area, as MusicBrainz says it; historic and private codes occur.
--   alias_count  How many other names MusicBrainz has.
--   listens  How often ListenBrainz knows them listened to.
--   listeners  By how many people.
--   told_at  When any service said anything about them last.

with artists as (
    select
        artist_mbid,
        count(*) as spotify_artists,
        count(mask_name) as masks
    from dim_artist
    where artist_mbid is not null
    group by artist_mbid
),

facts as (
    select * from int_artist_facts_chosen
),

musicbrainz_artists as (
    select
        -- ids
        facts.artist_mbid,
        facts.area_id,
        facts.begin_area_id,
        facts.end_area_id,

        -- attributes
        facts.artist_name,
        facts.sort_name,
        facts.artist_type,
        facts.gender,
        facts.disambiguation,
        facts.country_code,
        facts.area_name,
        facts.begin_area_name,
        facts.end_area_name,
        facts.life_begin,
        facts.life_end,
        facts.ipis,

        -- numbers
        facts.alias_count,
        facts.listens,
        facts.listeners,
        artists.spotify_artists,

        -- booleans
        facts.is_ended,

        -- times
        facts.told_at
    from facts
    inner join artists
        on facts.artist_mbid = artists.artist_mbid
    where artists.masks = 0
)

select * from musicbrainz_artists
