-- Which areas an area is, or was, part of: one answer after the other.
--
-- Whether it still is part of them, a search does not say.
--
-- grain: one row per answer, area and parent
-- kind:  view
-- reads: src_area_parents
-- tests: not_null answer_id, area_id, parent_id, fetched_at
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        area_id,
        parent_id,
        parent_name,
        parent_type,
        is_ended,
        fetched_at
    from src_area_parents
),

renamed as (
    select
        -- ids
        answer_id,
        area_id,
        parent_id,

        -- attributes
        nullif(trim(parent_name), '') as parent_name,
        nullif(trim(parent_type), '') as parent_type,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- booleans
        is_ended,

        -- times
        fetched_at
    from answers
)

select * from renamed
