-- Which artist a name means, wherever it is read.
--
-- The only artist of Spotify ever credited under that name; where there is none, the only artist of
-- Spotify that is the same artist of MusicBrainz as the name; else an artist known by this name
-- alone. A name that several artists of Spotify share means none of them.
--
-- grain: one row per name that was credited
-- kind:  table
-- key:   artist_key
-- reads: int_artist_names_seen, int_artist_subjects_linked
-- tests: not_null artist_id, artist_name
-- columns:
--   artist_id  Key of the artist that the name means: the Spotify URI, else name: and a hash of the name.
--   artist_name  Name as a credit spells it.
--   is_known  True where an artist of Spotify or of MusicBrainz is known under the name.
--   is_shared  True where several artists of Spotify have the name.

with names as (
    select artist_key, artist_name, only_artist_uri, artist_uris
    from int_artist_names_seen
),

linked_names as (
    select subject_key as artist_key, artist_mbid, linked_name
    from int_artist_subjects_linked
    where subject_type = 'artist_name'
),

only_artists_linked as (
    select
        artist_mbid,
        max(subject_key) as artist_uri
    from int_artist_subjects_linked
    where subject_type = 'spotify_artist'
    group by artist_mbid
    having count(*) = 1
),

every_name as (
    select artist_key, artist_name, only_artist_uri, artist_uris from names
    union all
    select
        linked_names.artist_key,
        -- Nobody credited it: the piece of a credit of several has the case of MusicBrainz.
        case
            when lower(trim(linked_names.linked_name)) = linked_names.artist_key then trim(linked_names.linked_name)
            else linked_names.artist_key
        end as artist_name,
        cast(null as string) as only_artist_uri,
        cast(0 as bigint) as artist_uris
    from linked_names
    anti join names
        on linked_names.artist_key = names.artist_key
),

names_resolved as (
    select
        -- ids
        every_name.artist_key,
        coalesce(
            every_name.only_artist_uri,
            case when every_name.artist_uris = 0 then only_artists_linked.artist_uri end,
            'name:' || md5('artist:' || every_name.artist_key)
        ) as artist_id,

        -- attributes
        every_name.artist_name,

        -- booleans
        every_name.artist_uris > 0 or linked_names.artist_mbid is not null as is_known,
        every_name.artist_uris > 1 as is_shared
    from every_name
    left join linked_names
        on every_name.artist_key = linked_names.artist_key
    left join only_artists_linked
        on linked_names.artist_mbid = only_artists_linked.artist_mbid
)

select * from names_resolved
