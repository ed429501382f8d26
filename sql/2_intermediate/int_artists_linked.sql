-- Which artist of MusicBrainz each artist of the plays is, and which artists are the same.
--
-- What a person said goes first, then the link of the artist's own URI, or the MBID that tells it from
-- others of its name, then that of a name which means this artist alone. An artist has one MBID at most. Two artists of Spotify that are one
-- artist of MusicBrainz keep their rows and their links, and share a group.
--
-- grain: one row per artist that is linked, or of which a person said that it is unknown
-- kind:  incremental
-- key:   artist_id
-- recompute: whole
-- reads: int_artist_subjects_linked, int_artist_names_resolved, int_artist_mbids_identified,
--        int_artist_links_by_hand, int_artists_replaced
-- tests: accepted link_method correction, url, isrc, search, names, credits
--        expression artist_mbid is not null or link_method = 'correction'
-- columns:
--   artist_id  Key of the artist.
--   artist_mbid  MBID of the artist at MusicBrainz, as it is today; empty where a person said that there is none.
--   artist_group_id  What several rows of one artist share: mbid: and the MBID, else the key.
--   link_method  How the MBID was found: correction, url, isrc, search, names or credits.
--   linked_at  When a service told the MBID last (UTC); empty where a person or the credits of listens told it.

with corrections as (
    select artist_id, artist_mbid
    from int_artist_links_by_hand
),

subjects as (
    select subject_type, subject_key, artist_mbid, link_method, link_worth, link_score, linked_at
    from int_artist_subjects_linked
),

names as (
    select artist_key, artist_id
    from int_artist_names_resolved
),

-- Artists that only their MBID tells from others of their name.
artists_of_mbids as (
    select
        artist_id,
        max(artist_mbid) as artist_mbid
    from int_artist_mbids_identified
    where artist_id = 'name:' || md5('artist:' || artist_key || '|' || artist_mbid)
    group by artist_id
),

-- A link of an artist that gave way to another one says nothing about that one.
artists_replaced as (
    select distinct artist_id
    from int_artists_replaced
),

links as (
    select
        artist_id,
        artist_mbid,
        'correction' as link_method,
        0 as link_worth,
        cast(null as int) as link_score,
        cast(null as timestamp) as linked_at,
        1 as preference,
        '' as subject_key
    from corrections
    union all
    select
        subject_key as artist_id,
        artist_mbid,
        link_method,
        link_worth,
        link_score,
        linked_at,
        2 as preference,
        subject_key
    from subjects
    where subject_type = 'spotify_artist'
    union all
    select
        artist_id,
        artist_mbid,
        'credits' as link_method,
        0 as link_worth,
        cast(null as int) as link_score,
        cast(null as timestamp) as linked_at,
        2 as preference,
        '' as subject_key
    from artists_of_mbids
    union all
    select
        names.artist_id,
        subjects.artist_mbid,
        subjects.link_method,
        subjects.link_worth,
        subjects.link_score,
        subjects.linked_at,
        3 as preference,
        subjects.subject_key
    from subjects
    inner join names
        on subjects.subject_key = names.artist_key
    where subjects.subject_type = 'artist_name'
),

links_ranked as (
    select
        links.*,
        row_number() over (
            partition by links.artist_id
            order by
                links.preference,
                links.link_worth desc,
                links.subject_key
        ) as choice
    from links
    anti join artists_replaced
        on links.artist_id = artists_replaced.artist_id
),

artists_linked as (
    select
        -- ids
        artist_id,
        artist_mbid,
        coalesce('mbid:' || artist_mbid, artist_id) as artist_group_id,

        -- attributes
        link_method,

        -- numbers
        link_score,

        -- times
        linked_at
    from links_ranked
    where choice = 1
)

select * from artists_linked
