-- Which artist a credit means that carries an MBID, and no URI.
--
-- The artist of that MBID: the only one of Spotify that is linked to it; else whoever the name means, if
-- that is the same artist of MusicBrainz; else an artist of this name and this MBID, so that two artists
-- who share a name are two. Where a person said who the name is, that holds for everybody credited by it.
--
-- grain: one row per name, album it was read on ('' without an album) and MBID
-- kind:  incremental
-- key:   artist_key, album_key, told_mbid
-- recompute: whole
-- reads: int_track_credits_chosen, int_tracks_described, int_artist_names_identified,
--        int_artist_subjects_linked, int_artist_corrections_identified, int_artist_links_by_hand,
--        int_mbid_redirects
-- tests: not_null artist_id, artist_mbid
-- columns:
--   artist_key  Name to compare by: in lower case, without spaces around it.
--   album_key  Name of the album that it was read on, in lower case; '' without an album.
--   told_mbid  MBID that the credit carries.
--   artist_id  Key of the artist that is meant: the Spotify URI, else name: and a hash of the name, or of the name and the MBID.
--   artist_mbid  The same MBID as it is today.

with credits as (
    select
        int_track_credits_chosen.artist_key,
        coalesce(int_tracks_described.album_key, '') as album_key,
        int_track_credits_chosen.artist_mbid as told_mbid
    from int_track_credits_chosen
    inner join int_tracks_described
        on int_track_credits_chosen.track_id = int_tracks_described.track_id
    where int_track_credits_chosen.artist_uri is null
        and int_track_credits_chosen.artist_mbid is not null
        and int_track_credits_chosen.artist_key is not null
    group by
        int_track_credits_chosen.artist_key,
        coalesce(int_tracks_described.album_key, ''),
        int_track_credits_chosen.artist_mbid
),

credits_today as (
    select
        credits.artist_key,
        credits.album_key,
        credits.told_mbid,
        coalesce(int_mbid_redirects.artist_mbid, credits.told_mbid) as artist_mbid
    from credits
    left join int_mbid_redirects
        on credits.told_mbid = int_mbid_redirects.asked_mbid
),

names as (
    select artist_key, album_key, named_artist_id
    from int_artist_names_identified
),

names_spoken_for as (
    select distinct artist_id
    from int_artist_corrections_identified
    where artist_id like 'name:%'
),

artists_linked_by_hand as (
    select artist_id, artist_mbid
    from int_artist_links_by_hand
    where artist_id not like 'name:%'
),

artists_linked as (
    select artist_id, artist_mbid
    from artists_linked_by_hand
    where artist_mbid is not null
    union all
    select
        subjects.subject_key as artist_id,
        subjects.artist_mbid
    from int_artist_subjects_linked as subjects
    anti join artists_linked_by_hand
        on subjects.subject_key = artists_linked_by_hand.artist_id
    where subjects.subject_type = 'spotify_artist'
),

only_artists_linked as (
    select
        artist_mbid,
        max(artist_id) as artist_id
    from artists_linked
    group by artist_mbid
    having count(*) = 1
),

names_linked as (
    select subject_key as artist_key, artist_mbid
    from int_artist_subjects_linked
    where subject_type = 'artist_name'
),

mbids_identified as (
    select
        -- ids
        credits_today.artist_key,
        credits_today.album_key,
        credits_today.told_mbid,
        case
            when names_spoken_for.artist_id is not null
                then names.named_artist_id
            when only_artists_linked.artist_id is not null
                then only_artists_linked.artist_id
            when coalesce(artists_linked.artist_mbid, names_linked.artist_mbid) = credits_today.artist_mbid
                then names.named_artist_id
            else 'name:' || md5('artist:' || credits_today.artist_key || '|' || credits_today.artist_mbid)
        end as artist_id,
        credits_today.artist_mbid
    from credits_today
    inner join names
        on credits_today.artist_key = names.artist_key
        and credits_today.album_key = names.album_key
    left join names_spoken_for
        on names.named_artist_id = names_spoken_for.artist_id
    left join only_artists_linked
        on credits_today.artist_mbid = only_artists_linked.artist_mbid
    left join artists_linked
        on names.named_artist_id = artists_linked.artist_id
    left join names_linked
        on credits_today.artist_key = names_linked.artist_key
)

select * from mbids_identified
