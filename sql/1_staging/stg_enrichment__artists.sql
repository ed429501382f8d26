-- What other services say about artists: one answer after the other.
--
-- MusicBrainz and ListenBrainz name an artist by MBID, Spotify by URI; `asked_ref` is the MBID that was
-- asked for where it has been merged into another one.
--
-- grain: one row per answer and artist
-- kind:  view
-- reads: src_artists
-- tests: not_null answer_id, service, artist_ref, fetched_at

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
        upper(country_code) as country_code,
        area_name,
        begin_area_name,
        end_area_name,
        life_begin,
        life_end,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        cast(alias_count as int) as alias_count,
        cast(popularity as int) as popularity,
        cast(followers as bigint) as followers,
        cast(listens as bigint) as listens,
        cast(listeners as bigint) as listeners,

        -- booleans
        is_ended,

        -- times
        fetched_at
    from answers
)

select * from renamed
