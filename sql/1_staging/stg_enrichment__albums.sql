-- What other services say about albums: one answer after the other.
--
-- A number that cannot be one is left out.
--
-- grain: one row per answer and album
-- kind:  view
-- reads: src_albums
-- tests: not_null answer_id, service, album_ref, fetched_at
-- columns:
--   album_type  Kind of release in lower case: album, single, ep, broadcast or other, and what an album is besides in its place (compilation, soundtrack, live, remix …); empty where the service does not tell it.
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        album_ref,
        release_group_id,
        service,
        album_name,
        artist_name,
        album_type,
        label,
        upc,
        release_date,
        release_date_precision,
        total_tracks,
        popularity,
        listeners,
        fetched_at
    from src_albums
),

renamed as (
    select
        -- ids
        answer_id,
        album_ref,
        release_group_id,

        -- attributes
        service,
        nullif(trim(album_name), '') as album_name,
        nullif(trim(artist_name), '') as artist_name,
        lower(trim(album_type)) as album_type,
        nullif(trim(label), '') as label,
        nullif(trim(upc), '') as upc,
        release_date,
        release_date_precision,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when total_tracks between 1 and 100000 then try_cast(total_tracks as int) end as total_tracks,
        case when popularity between 0 and 100 then try_cast(popularity as int) end as popularity,
        case when listeners >= 0 then cast(listeners as bigint) end as listeners,

        -- times
        fetched_at
    from answers
)

select * from renamed
