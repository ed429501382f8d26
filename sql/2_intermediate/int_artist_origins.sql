-- Where each artist of MusicBrainz comes from.
--
-- The area where they were born or founded, else where they live or lived, else their country. An area
-- of which not even the country is known yet does not hide one of which more is.
--
-- grain: one row per artist of MusicBrainz of which any place is known
-- kind:  table
-- key:   artist_mbid
-- reads: int_artist_facts_chosen, stg_enrichment__areas, int_area_levels
-- tests: not_null location_id
--        accepted origin_of begin_area, area, country
-- columns:
--   artist_mbid  MBID of the artist at MusicBrainz.
--   location_id  Key of the place: the MBID of the area, else country: and the code.
--   origin_of  What the place is: begin_area (born or founded there), area (lives or lived there) or country (no more is known).

with artists as (
    select artist_mbid, begin_area_id, area_id, country_code
    from int_artist_facts_chosen
),

merged_areas as (
    select
        asked_id,
        max_by(area_id, told_order) as area_id
    from stg_enrichment__areas
    where asked_id <> area_id
    group by asked_id
),

areas as (
    select area_id, country, country_code
    from int_area_levels
),

places as (
    select
        artists.artist_mbid,
        coalesce(merged_areas.area_id, artists.begin_area_id) as area_id,
        'begin_area' as origin_of,
        1 as preference
    from artists
    left join merged_areas
        on artists.begin_area_id = merged_areas.asked_id
    where artists.begin_area_id is not null
    union all
    select
        artists.artist_mbid,
        coalesce(merged_areas.area_id, artists.area_id) as area_id,
        'area' as origin_of,
        2 as preference
    from artists
    left join merged_areas
        on artists.area_id = merged_areas.asked_id
    where artists.area_id is not null
),

origins as (
    select
        places.artist_mbid,
        places.area_id as location_id,
        places.origin_of,
        places.preference + case when areas.country is null then 3 else 0 end as preference
    from places
    inner join areas
        on places.area_id = areas.area_id
    union all
    select
        artist_mbid,
        'country:' || country_code as location_id,
        'country' as origin_of,
        3 as preference
    from artists
    where country_code is not null
),

origins_ranked as (
    select
        origins.*,
        row_number() over (partition by artist_mbid order by preference) as choice
    from origins
),

artist_origins as (
    select
        -- ids
        artist_mbid,
        location_id,

        -- attributes
        origin_of
    from origins_ranked
    where choice = 1
)

select * from artist_origins
