-- How new is what is known: the newest play of each source, the newest answer of each service?
--
-- The tables know no now: take the age from these instants when you ask.
--
-- grain: one row per account and source of plays, and one per service that answers questions
-- kind:  table
-- key:   subject, account_id, source
-- reads: rpt_sources, stg_enrichment__lookups
-- sort:  subject, account_name, account_id, source
-- tests: accepted subject plays, answers
--        not_null newest_at
-- columns:
--   subject  What the row is about: plays of a source, or answers of a service about artists, tracks, albums and places.
--   account_id  Key of the account; all for answers, which are the same for everybody.
--   account_name  Name of the account; All accounts for answers.
--   source  The source of plays, or the service that answered.
--   records  Plays the source reports, or questions the service answered.
--   newest_at  End of the newest play (its beginning where the source tells no end), or when the newest answer came (UTC).
--   last_received_at  When the newest report that is believed, or the newest answer, was received (UTC).

with sources as (
    select
        account_id,
        account_name,
        source,
        reported_plays,
        last_play_at,
        last_received_at
    from rpt_sources
),

answers as (
    select
        service,
        count(*) as answers,
        max(fetched_at) as fetched_at
    from stg_enrichment__lookups
    -- Pages of plays are answers about plays.
    where subject_type <> 'page'
    group by service
),

freshness as (
    select
        'plays' as subject,
        account_id,
        account_name,
        source,
        reported_plays as records,
        last_play_at as newest_at,
        last_received_at
    from sources
    union all
    select
        'answers' as subject,
        'all' as account_id,
        'All accounts' as account_name,
        service as source,
        answers as records,
        fetched_at as newest_at,
        fetched_at as last_received_at
    from answers
)

select * from freshness
