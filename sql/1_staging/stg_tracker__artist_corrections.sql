-- What people said about artists: who they are, how they are called, what they play.
--
-- grain: one row per correction and value
-- kind:  view
-- key:   correction_id, part
-- reads: src_artist_corrections
-- tests: not_null correction_number, action, artist, value
--        accepted action link, merge, split, rename, mask, genre

with corrections as (
    select
        correction_id,
        correction_number,
        part,
        action,
        artist,
        value,
        reason
    from src_artist_corrections
),

renamed as (
    select
        -- ids
        correction_id,

        -- attributes
        action,
        artist,
        value,
        reason,

        -- numbers
        cast(correction_number as bigint) as correction_number,
        cast(part as int) as part
    from corrections
)

select * from renamed
