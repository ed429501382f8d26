-- What other services say about artists: one answer after the other.
--
-- MusicBrainz and ListenBrainz name an artist by MBID, Spotify by URI; `asked_ref` is the MBID that was
-- asked for where it has been merged into another one. A number that cannot be one, and whatever is no
-- code of a country, is left out.
--
-- grain: one row per answer and artist
-- kind:  view
-- reads: src_artists
-- tests: not_null answer_id, service, artist_ref, fetched_at
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        artist_ref,
        asked_ref,
        area_id,
        begin_area_id,
        end_area_id,
        service,
        artist_name,
        sort_name,
        artist_type,
        gender,
        disambiguation,
        country_code,
        area_name,
        begin_area_name,
        end_area_name,
        life_begin,
        life_end,
        ipis,
        alias_count,
        popularity,
        followers,
        listens,
        listeners,
        is_ended,
        fetched_at
    from src_artists
),

renamed as (
    select
        -- ids
        answer_id,
        artist_ref,
        asked_ref,
        area_id,
        begin_area_id,
        end_area_id,

        -- attributes
        service,
        nullif(trim(artist_name), '') as artist_name,
        nullif(trim(sort_name), '') as sort_name,
        nullif(trim(artist_type), '') as artist_type,
        nullif(trim(gender), '') as gender,
        nullif(trim(disambiguation), '') as disambiguation,
        case when rlike(upper(trim(country_code)), '^[A-Z][A-Z]$') then upper(trim(country_code)) end
            as country_code,
        nullif(trim(area_name), '') as area_name,
        nullif(trim(begin_area_name), '') as begin_area_name,
        nullif(trim(end_area_name), '') as end_area_name,
        nullif(trim(life_begin), '') as life_begin,
        nullif(trim(life_end), '') as life_end,
        nullif(trim(ipis), '') as ipis,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when alias_count between 0 and 1000000 then try_cast(alias_count as int) end as alias_count,
        case when popularity between 0 and 100 then try_cast(popularity as int) end as popularity,
        case when followers >= 0 then cast(followers as bigint) end as followers,
        case when listens >= 0 then cast(listens as bigint) end as listens,
        case when listeners >= 0 then cast(listeners as bigint) end as listeners,

        -- booleans
        is_ended,

        -- times
        fetched_at
    from answers
)

select * from renamed
