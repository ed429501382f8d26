-- What was asked of other services about artists, tracks, albums and places, and what came of it.
--
-- `unreadable`: the answer is not what the service is known to say, or this version does not know any
-- more how it was asked.
--
-- grain: one row per answer and subject
-- kind:  view
-- reads: src_lookups
-- tests: not_null answer_id, service, subject_type, subject, outcome, fetched_at
--        accepted outcome found, none, ambiguous, crowded, refused, unreadable
-- columns:
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.

with answers as (
    select
        answer_id,
        subject,
        service,
        method,
        subject_type,
        outcome,
        reason,
        fetched_at
    from src_lookups
),

renamed as (
    select
        -- ids
        answer_id,
        subject,

        -- attributes
        service,
        method,
        subject_type,
        outcome,
        reason,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- times
        fetched_at
    from answers
)

select * from renamed
