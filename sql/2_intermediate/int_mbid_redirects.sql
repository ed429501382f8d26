-- MBIDs that MusicBrainz merged into others, and what they stand for now.
--
-- What was asked later knows more; an artist that was merged twice is followed twice.
--
-- grain: one row per MBID that is no more
-- kind:  table
-- key:   asked_mbid
-- reads: stg_enrichment__artists
-- tests: not_null artist_mbid
--        expression asked_mbid <> artist_mbid
-- columns:
--   asked_mbid  MBID that was merged into another one.
--   artist_mbid  MBID that stands for it now.

with answers as (
    select asked_ref, artist_ref, told_order
    from stg_enrichment__artists
    where service = 'musicbrainz'
        and asked_ref <> artist_ref
),

newest as (
    select
        asked_ref,
        max_by(artist_ref, told_order) as artist_ref
    from answers
    group by asked_ref
),

followed as (
    select
        -- ids
        newest.asked_ref as asked_mbid,
        coalesce(later.artist_ref, newest.artist_ref) as artist_mbid
    from newest
    left join newest as later
        on newest.artist_ref = later.asked_ref
        and newest.asked_ref <> later.artist_ref
)

select * from followed
