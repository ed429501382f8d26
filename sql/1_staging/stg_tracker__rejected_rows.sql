-- Rows that could not be read when they were received, as they were noted down.
--
-- grain: one row per row that was rejected, or per file where the whole of it was
-- kind:  view
-- reads: src_rejected
-- tests: not_null account_id, source, reason
-- columns:
--   row_place  Place of the row in its file, from 1; empty where the whole file could not be read.
--   received_at  When it was received (UTC).

with rejected_rows as (
    select
        account_id,
        source,
        file_name,
        raw_id,
        raw_ordinal,
        byte_offset,
        reason,
        detail,
        excerpt,
        run_id,
        ingested_at
    from src_rejected
),

renamed as (
    select
        -- ids
        account_id,
        raw_id,
        run_id,

        -- attributes
        source,
        file_name,
        reason,
        detail,
        excerpt,

        -- numbers
        cast(raw_ordinal as bigint) + 1 as row_place,
        cast(byte_offset as bigint) as byte_offset,

        -- times
        ingested_at as received_at
    from rejected_rows
)

select * from renamed
