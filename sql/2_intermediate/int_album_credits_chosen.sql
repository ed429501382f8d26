-- Who is credited on each album of Spotify, by the newest answer that named anyone.
--
-- grain: one row per album and position of the credit
-- kind:  table
-- key:   album_uri, position
-- reads: stg_enrichment__album_credits
-- tests: not_null artist_uri
-- columns:
--   artist_key  The same name to compare by: in lower case.

with credits as (
    select
        album_uri,
        artist_uri,
        artist_name,
        told_order,
        position
    from stg_enrichment__album_credits
),

credits_ranked as (
    select
        credits.*,
        max(told_order) over (partition by album_uri) as newest_told,
        -- An answer that tells of one album twice tells of it once.
        row_number() over (
            partition by album_uri, told_order, position
            order by artist_uri, artist_name nulls last
        ) as choice
    from credits
),

credits_chosen as (
    select
        -- ids
        album_uri,
        artist_uri,

        -- attributes
        artist_name,
        lower(artist_name) as artist_key,

        -- numbers
        position
    from credits_ranked
    where told_order = newest_told
        and choice = 1
)

select * from credits_chosen
