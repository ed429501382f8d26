-- How much of what was heard is known: MBIDs, genres, places, facts about albums?
--
-- An artist counts here who is named first on a track, once however many sources name them, and under
-- however many ids: the artists of `summary`. `enrich status` counts the identities that services are asked about, of which one artist may
-- have several, and those of guests on a track too.
--
-- grain: one row per account, and one for all of them, and fact
-- kind:  table
-- key:   account_id, fact
-- reads: fct_track_played, dim_artist, dim_album, dim_account
-- sort:  account_id, fact_sort
-- tests: between share_of_plays 0 1
--        between share_of_things 0 1
--        expression plays_known <= plays and things_known <= things
-- columns:
--   account_id  Key of the account; all for everybody together.
--   account_name  Name of the account; All accounts for everybody together.
--   fact  What is known: mbid, genre, country, coordinates (of the artist), album_label, album_release_date.
--   fact_sort  Order of the facts.
--   plays  Plays of music.
--   plays_known  Those of which the fact is known.
--   share_of_plays  The part that these are, 0 to 1; empty without plays.
--   things  Artists who are named first, or albums, that the fact is about.
--   things_known  Those of which it is known.
--   share_of_things  The part that these are, 0 to 1; empty where there are none.

with plays as (
    select
        account_id,
        artist_id,
        album_id,
        count(*) as plays
    from fct_track_played
    where is_music
    group by account_id, artist_id, album_id
),

accounts as (
    select account_id, account_name
    from dim_account
),

artists as (
    select
        artist_id,
        artist_group_id,
        cast(artist_id <> 'unknown' as int) as is_thing,
        cast(artist_mbid is not null as int) as has_mbid,
        cast(primary_genre <> 'unknown' as int) as has_genre,
        cast(country is not null as int) as has_country,
        cast(latitude is not null as int) as has_coordinates
    from dim_artist
),

albums as (
    select
        album_id,
        cast(album_id <> 'unknown' as int) as is_thing,
        cast(label is not null as int) as has_label,
        cast(release_date is not null as int) as has_release_date
    from dim_album
),

plays_of_artists as (
    select
        coalesce(account_id, 'all') as account_id,
        artist_id,
        cast(sum(plays) as bigint) as plays
    from plays
    group by grouping sets ((account_id, artist_id), (artist_id))
),

plays_of_albums as (
    select
        coalesce(account_id, 'all') as account_id,
        album_id,
        cast(sum(plays) as bigint) as plays
    from plays
    group by grouping sets ((account_id, album_id), (album_id))
),

-- Two rows of one artist are one thing; of its plays those count of which the fact is known.
groups as (
    select
        plays_of_artists.account_id,
        artists.artist_group_id,
        max(artists.is_thing) as is_thing,
        max(artists.has_mbid) as has_mbid,
        max(artists.has_genre) as has_genre,
        max(artists.has_country) as has_country,
        max(artists.has_coordinates) as has_coordinates,
        sum(plays_of_artists.plays) as plays,
        sum(plays_of_artists.plays * artists.has_mbid) as plays_mbid,
        sum(plays_of_artists.plays * artists.has_genre) as plays_genre,
        sum(plays_of_artists.plays * artists.has_country) as plays_country,
        sum(plays_of_artists.plays * artists.has_coordinates) as plays_coordinates
    from plays_of_artists
    inner join artists
        on plays_of_artists.artist_id = artists.artist_id
    group by plays_of_artists.account_id, artists.artist_group_id
),

facts_of_artists as (
    select
        account_id,
        sum(plays) as plays,
        sum(is_thing) as things,
        sum(plays_mbid) as plays_mbid,
        sum(has_mbid) as things_mbid,
        sum(plays_genre) as plays_genre,
        sum(has_genre) as things_genre,
        sum(plays_country) as plays_country,
        sum(has_country) as things_country,
        sum(plays_coordinates) as plays_coordinates,
        sum(has_coordinates) as things_coordinates
    from groups
    group by account_id
),

facts_of_albums as (
    select
        plays_of_albums.account_id,
        sum(plays_of_albums.plays) as plays,
        sum(albums.is_thing) as things,
        sum(plays_of_albums.plays * albums.has_label) as plays_label,
        sum(albums.has_label) as things_label,
        sum(plays_of_albums.plays * albums.has_release_date) as plays_release_date,
        sum(albums.has_release_date) as things_release_date
    from plays_of_albums
    inner join albums
        on plays_of_albums.album_id = albums.album_id
    group by plays_of_albums.account_id
),

facts as (
    select account_id, 'mbid' as fact, 1 as fact_sort, plays, plays_mbid as plays_known, things, things_mbid as things_known
    from facts_of_artists
    union all
    select account_id, 'genre' as fact, 2 as fact_sort, plays, plays_genre as plays_known, things, things_genre as things_known
    from facts_of_artists
    union all
    select account_id, 'country' as fact, 3 as fact_sort, plays, plays_country as plays_known, things, things_country as things_known
    from facts_of_artists
    union all
    select account_id, 'coordinates' as fact, 4 as fact_sort, plays, plays_coordinates as plays_known, things, things_coordinates as things_known
    from facts_of_artists
    union all
    select account_id, 'album_label' as fact, 5 as fact_sort, plays, plays_label as plays_known, things, things_label as things_known
    from facts_of_albums
    union all
    select account_id, 'album_release_date' as fact, 6 as fact_sort, plays, plays_release_date as plays_known, things, things_release_date as things_known
    from facts_of_albums
),

coverage as (
    select
        -- ids
        facts.account_id,

        -- attributes
        coalesce(accounts.account_name, 'All accounts') as account_name,
        facts.fact,
        facts.fact_sort,

        -- numbers
        cast(facts.plays as bigint) as plays,
        cast(facts.plays_known as bigint) as plays_known,
        1e0 * facts.plays_known / nullif(facts.plays, 0) as share_of_plays,
        cast(facts.things as bigint) as things,
        cast(facts.things_known as bigint) as things_known,
        1e0 * facts.things_known / nullif(facts.things, 0) as share_of_things
    from facts
    left join accounts
        on facts.account_id = accounts.account_id
)

select * from coverage
