-- Stretches of time in which a source may have lost plays, as its polls noticed them.
--
-- grain: one row per account, source and end of the stretch
-- kind:  view
-- reads: src_gaps
-- tests: unique account_id, source, gap_end
--        not_null account_id, source, gap_start, gap_end, detected_at
--        warn expression gap_start <= gap_end

with gaps as (
    select
        account_id,
        source,
        gap_start,
        gap_end,
        detected_at,
        estimated_plays,
        run_id,
        closed_by
    from src_gaps
),

renamed as (
    select
        -- ids
        account_id,
        run_id,

        -- attributes
        source,
        closed_by,

        -- numbers
        cast(estimated_plays as bigint) as estimated_plays,

        -- times
        gap_start,
        gap_end,
        detected_at
    from gaps
)

select * from renamed
