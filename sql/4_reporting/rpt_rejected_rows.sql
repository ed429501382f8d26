-- Which rows could not be read, and why?
--
-- Nothing is lost by it: the bytes stay in the raw file, and a later version may read them. Of each file
-- the first 200 are here; the report of its import counts all of them.
--
-- grain: one row per row that was rejected, of each file the first 200
-- kind:  table
-- reads: stg_tracker__rejected_rows, stg_tracker__accounts
-- sort:  received_at, account_name, file_name, row_number, byte_offset, reason
-- tests: not_null account_name, source, reason
-- columns:
--   account_name  Name of the account; its key where it is no longer set up.
--   row_number  Place of the row in its file, from 1.

with rejected_rows as (
    select * from stg_tracker__rejected_rows
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

rejected_rows_named as (
    select
        -- ids
        rejected_rows.account_id,
        rejected_rows.raw_id,
        rejected_rows.run_id,

        -- attributes
        coalesce(accounts.account_name, rejected_rows.account_id) as account_name,
        rejected_rows.source,
        rejected_rows.file_name,
        rejected_rows.reason,
        rejected_rows.detail,
        rejected_rows.excerpt,

        -- numbers
        rejected_rows.row_place as row_number,
        rejected_rows.byte_offset,

        -- times
        rejected_rows.received_at
    from rejected_rows
    left join accounts
        on rejected_rows.account_id = accounts.account_id
)

select * from rejected_rows_named
