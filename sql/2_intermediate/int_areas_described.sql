-- The areas of MusicBrainz that anything mentions: column by column what was said last.
--
-- An area that was not asked about yet is known by its name alone, from an area inside it or an artist.
--
-- grain: one row per area
-- kind:  table
-- key:   area_id
-- reads: stg_enrichment__areas, stg_enrichment__area_parents, stg_enrichment__artists
-- tests: expression country_code is null or length(country_code) = 2
-- columns:
--   area_name  Name of the area, as MusicBrainz writes it; its MBID where none is told.
--   sort_name  Name to sort by, as MusicBrainz writes it; empty where MusicBrainz was not asked yet.
--   is_ended  True where the area is no more.

with mentions as (
    select
        area_id,
        area_name,
        sort_name,
        area_type,
        country_code,
        subdivision_code,
        disambiguation,
        is_ended,
        '2' || told_order as preference
    from stg_enrichment__areas
    union all
    select
        parent_id as area_id,
        parent_name as area_name,
        cast(null as string) as sort_name,
        parent_type as area_type,
        cast(null as string) as country_code,
        cast(null as string) as subdivision_code,
        cast(null as string) as disambiguation,
        cast(null as boolean) as is_ended,
        '1' || told_order as preference
    from stg_enrichment__area_parents
    union all
    select
        area_id,
        area_name,
        cast(null as string) as sort_name,
        cast(null as string) as area_type,
        cast(null as string) as country_code,
        cast(null as string) as subdivision_code,
        cast(null as string) as disambiguation,
        cast(null as boolean) as is_ended,
        '0' || told_order as preference
    from stg_enrichment__artists
    where area_id is not null
    union all
    select
        begin_area_id as area_id,
        begin_area_name as area_name,
        cast(null as string) as sort_name,
        cast(null as string) as area_type,
        cast(null as string) as country_code,
        cast(null as string) as subdivision_code,
        cast(null as string) as disambiguation,
        cast(null as boolean) as is_ended,
        '0' || told_order as preference
    from stg_enrichment__artists
    where begin_area_id is not null
),

areas as (
    select
        -- ids
        area_id,

        -- attributes
        coalesce(max_by(area_name, preference) filter (where area_name is not null), area_id)
            as area_name,
        max_by(sort_name, preference) filter (where sort_name is not null) as sort_name,
        max_by(area_type, preference) filter (where area_type is not null) as area_type,
        max_by(country_code, preference) filter (where country_code is not null) as country_code,
        max_by(subdivision_code, preference) filter (where subdivision_code is not null)
            as subdivision_code,
        max_by(disambiguation, preference) filter (where disambiguation is not null)
            as disambiguation,

        -- booleans
        coalesce(max_by(is_ended, preference) filter (where is_ended is not null), false)
            as is_ended
    from mentions
    group by area_id
)

select * from areas
