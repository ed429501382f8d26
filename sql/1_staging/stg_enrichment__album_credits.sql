-- Whom Spotify credits for its albums: one answer after the other.
--
-- Whoever has no URI there is not told from others, and left out; so is who comes after a thousand others.
--
-- grain: one row per answer, album and position
-- kind:  view
-- reads: src_album_credits
-- tests: not_null answer_id, service, album_uri, artist_uri, position, fetched_at
--        between position 1 1000
-- columns:
--   album_uri  Spotify URI of the album.
--   artist_uri  Spotify URI of the artist.
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        album_ref,
        artist_uri,
        service,
        artist_name,
        position,
        fetched_at
    from src_album_credits
),

renamed as (
    select
        -- ids
        answer_id,
        album_ref as album_uri,
        artist_uri,

        -- attributes
        service,
        nullif(trim(artist_name), '') as artist_name,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        try_cast(position as int) as position,

        -- times
        fetched_at
    from answers
    where position between 1 and 1000
        and artist_uri is not null
)

select * from renamed
