-- Everyone credited on each track.
--
-- Where the API never named the credits, the album artist is the only one. A track nobody is
-- named for has the unknown artist, so that joining the bridge loses no play.
--
-- grain: one row per track and position of the credit
-- kind:  incremental
-- key:   track_id, position
-- recompute: whole
-- reads: dim_track, int_track_artists_identified, int_artist_names_by_hand
-- tests: not_null artist_id, role, weight
--        references track_id dim_track.track_id
--        references artist_id dim_artist.artist_id
--        accepted role primary, credited
--        accepted told_by credits, album_artist, nothing
--        between position 1 1000
--        expression weight > 0 and weight <= 1
-- columns:
--   artist_id  Key of the artist credited.
--   role  primary for the first artist, credited for the others.
--   told_by  Where the credit comes from: credits of the API, the album artist, or nothing.
--   credited_as  Name as the credit spells it, which may be another than the artist's; empty where a person masked the artist, or nobody named one.
--   weight  Share of the credit, 0 to 1; the shares of one track sum to 1.

with tracks as (
    select track_id
    from dim_track
),

track_artists as (
    select track_id, artist_id, artist_name, told_by, position
    from int_track_artists_identified
),

artists_masked as (
    select artist_id, mask_name
    from int_artist_names_by_hand
    where mask_name is not null
),

credits as (
    select
        -- ids
        tracks.track_id,
        coalesce(track_artists.artist_id, 'unknown') as artist_id,

        -- attributes
        case when coalesce(track_artists.position, 1) = 1 then 'primary' else 'credited' end as role,
        coalesce(track_artists.told_by, 'nothing') as told_by,
        case when artists_masked.artist_id is null then track_artists.artist_name end as credited_as,

        -- numbers
        coalesce(track_artists.position, 1) as position,
        1e0 / count(*) over (partition by tracks.track_id) as weight
    from tracks
    left join track_artists
        on tracks.track_id = track_artists.track_id
    left join artists_masked
        on track_artists.artist_id = artists_masked.artist_id
)

select * from credits
