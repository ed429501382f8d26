-- What did each source tell, and how much of it stands?
--
-- A play that several sources tell is one play: one report stands for it, the others are duplicates.
-- Which is which, report by report, is in `rpt_play_sources`.
--
-- grain: one row per account that was reported and source
-- kind:  table
-- key:   account_id, source
-- reads: int_play_observations_chosen, int_play_observations_passed_over, int_play_duplicates,
--        int_plays_corrected, stg_tracker__accounts
-- sort:  account_name, account_id, source
-- tests: expression reported_plays = standing_plays + duplicate_plays + excluded_plays
--        expression standing_alone_plays <= standing_plays
--        expression reported_plays <= reports
-- columns:
--   account_id  Key of the account that the source reported.
--   account_name  Name of the account; its key where it is no longer set up.
--   source  The source: spotify_export, spotify_api, spotify_account_data, submitted, listenbrainz or lastfm.
--   reports  Reports of the source, older versions of the same play included.
--   reported_plays  Different plays that the source reports.
--   standing_plays  Those for which its report stands, and which are there.
--   standing_alone_plays  Those of them that no other report tells of.
--   duplicate_plays  Those for which the report of another source, or another row of the same, stands.
--   excluded_plays  Those for which its report stood, and which a correction leaves out.
--   first_play_at  End of the first play it reports (UTC); the beginning where it tells no end.
--   last_play_at  End of the last play it reports (UTC); the beginning where it tells no end.
--   last_received_at  When the newest report that is believed was received (UTC).

with plays as (
    select
        play_id,
        account_id,
        source,
        coalesce(ended_at, started_at) as played_at,
        ingested_at
    from int_play_observations_chosen
),

older_versions as (
    select
        plays.account_id,
        plays.source,
        count(*) as reports
    from int_play_observations_passed_over as passed_over
    inner join plays
        on passed_over.play_id = plays.play_id
    group by plays.account_id, plays.source
),

duplicates as (
    select play_id, canonical_play_id
    from int_play_duplicates
),

plays_with_duplicates as (
    select canonical_play_id
    from duplicates
    group by canonical_play_id
),

exclusions as (
    select play_id
    from int_plays_corrected
    where action = 'exclude'
),

plays_judged as (
    select
        plays.account_id,
        plays.source,
        plays.played_at,
        plays.ingested_at,
        duplicates.play_id is not null as is_duplicate,
        exclusions.play_id is not null as is_excluded,
        plays_with_duplicates.canonical_play_id is not null as has_duplicates
    from plays
    left join duplicates
        on plays.play_id = duplicates.play_id
    left join plays_with_duplicates
        on plays.play_id = plays_with_duplicates.canonical_play_id
    left join exclusions
        on plays.play_id = exclusions.play_id
),

plays_by_source as (
    select
        account_id,
        source,
        count(*) as reported_plays,
        count(*) filter (where not is_duplicate and not is_excluded) as standing_plays,
        count(*) filter (where not is_duplicate and not is_excluded and not has_duplicates) as standing_alone_plays,
        count(*) filter (where is_duplicate) as duplicate_plays,
        count(*) filter (where is_excluded and not is_duplicate) as excluded_plays,
        min(played_at) as first_play_at,
        max(played_at) as last_play_at,
        max(ingested_at) as last_received_at
    from plays_judged
    group by account_id, source
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

sources as (
    select
        -- ids
        plays_by_source.account_id,

        -- attributes
        coalesce(accounts.account_name, plays_by_source.account_id) as account_name,
        plays_by_source.source,

        -- numbers
        plays_by_source.reported_plays + coalesce(older_versions.reports, 0) as reports,
        plays_by_source.reported_plays,
        plays_by_source.standing_plays,
        plays_by_source.standing_alone_plays,
        plays_by_source.duplicate_plays,
        plays_by_source.excluded_plays,

        -- times
        plays_by_source.first_play_at,
        plays_by_source.last_play_at,
        plays_by_source.last_received_at
    from plays_by_source
    left join older_versions
        on plays_by_source.account_id = older_versions.account_id
        and plays_by_source.source = older_versions.source
    left join accounts
        on plays_by_source.account_id = accounts.account_id
)

select * from sources
