-- What is known about each artist of MusicBrainz: column by column what was said last.
--
-- Names and facts come from MusicBrainz; ListenBrainz counts listens and listeners. What became
-- empty in a later answer stays as it was known.
--
-- grain: one row per artist of MusicBrainz
-- kind:  table
-- key:   artist_mbid
-- reads: stg_enrichment__artists, int_mbid_redirects
-- tests: warn accepted artist_type Person, Group, Orchestra, Choir, Character, Other
-- columns:
--   artist_mbid  MBID of the artist at MusicBrainz, as it is today.
--   artist_name  Name, as MusicBrainz spells it.
--   told_at  When the newest answer came (UTC).

with answers as (
    select
        coalesce(int_mbid_redirects.artist_mbid, answers.artist_ref) as artist_mbid,
        answers.*
    from stg_enrichment__artists as answers
    left join int_mbid_redirects
        on answers.artist_ref = int_mbid_redirects.asked_mbid
    where answers.service <> 'spotify'
),

-- MusicBrainz itself goes before whoever repeats it.
answers_ranked as (
    select
        answers.*,
        case when service = 'musicbrainz' then '1' else '0' end || told_order as preference
    from answers
),

facts as (
    select
        -- ids
        artist_mbid,
        max_by(area_id, preference) filter (where area_id is not null) as area_id,
        max_by(begin_area_id, preference) filter (where begin_area_id is not null) as begin_area_id,
        max_by(end_area_id, preference) filter (where end_area_id is not null) as end_area_id,

        -- attributes
        max_by(artist_name, preference) filter (where artist_name is not null) as artist_name,
        max_by(sort_name, preference) filter (where sort_name is not null) as sort_name,
        max_by(artist_type, preference) filter (where artist_type is not null) as artist_type,
        max_by(gender, preference) filter (where gender is not null) as gender,
        max_by(disambiguation, preference) filter (where disambiguation is not null)
            as disambiguation,
        max_by(country_code, preference) filter (where country_code is not null) as country_code,
        max_by(area_name, preference) filter (where area_name is not null) as area_name,
        max_by(begin_area_name, preference) filter (where begin_area_name is not null)
            as begin_area_name,
        max_by(end_area_name, preference) filter (where end_area_name is not null)
            as end_area_name,
        max_by(life_begin, preference) filter (where life_begin is not null) as life_begin,
        max_by(life_end, preference) filter (where life_end is not null) as life_end,
        max_by(ipis, preference) filter (where ipis is not null) as ipis,

        -- numbers
        max_by(alias_count, preference) filter (where alias_count is not null) as alias_count,
        max_by(listens, told_order) filter (where listens is not null) as listens,
        max_by(listeners, told_order) filter (where listeners is not null) as listeners,

        -- booleans
        max_by(is_ended, preference) filter (where is_ended is not null) as is_ended,

        -- times
        max(fetched_at) as told_at
    from answers_ranked
    group by artist_mbid
)

select * from facts
