-- Other names of artists of MusicBrainz: one answer after the other.
--
-- grain: one row per answer, artist and name
-- kind:  view
-- reads: src_artist_aliases
-- tests: not_null answer_id, artist_mbid, alias, fetched_at
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        artist_mbid,
        alias,
        locale,
        alias_type,
        is_primary,
        fetched_at
    from src_artist_aliases
),

renamed as (
    select
        -- ids
        answer_id,
        artist_mbid,

        -- attributes
        alias,
        locale,
        alias_type,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- booleans
        is_primary,

        -- times
        fetched_at
    from answers
)

select * from renamed
