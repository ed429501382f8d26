-- Stretches of time in which a source may have lost plays, as its polls noticed them: where an import
-- covers half of one, that half and the other half are a row each.
--
-- grain: one row per account, source, end of the whole as it was noticed, and end of the stretch
-- kind:  view
-- reads: src_gaps
-- tests: unique account_id, source, noticed_end, gap_end
--        not_null account_id, source, noticed_start, noticed_end, gap_start, gap_end, detected_at
--        warn expression gap_start <= gap_end

with gaps as (
    select
        account_id,
        source,
        noticed_start,
        noticed_end,
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
        noticed_start,
        noticed_end,
        gap_start,
        gap_end,
        detected_at
    from gaps
)

select * from renamed
