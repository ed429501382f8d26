-- Which tags do people give artists that are no genre here?
--
-- They take no part in genres. A spelling that is missing from the list of genres shows here.
--
-- grain: one row per tag
-- kind:  table
-- key:   tag
-- reads: stg_enrichment__genre_votes, int_tags_recognised
-- columns:
--   tag  The tag, in lower case.
--   artists  Artists it was given to.
--   votes  Votes for it in the answers that have it.

with votes as (
    select tag, artist_ref, service, subject_type, subject, votes
    from stg_enrichment__genre_votes
    where coalesce(votes, 1) > 0
),

tags as (
    select tag
    from int_tags_recognised
    where said_by = 'votes'
        and genre is null
),

votes_once as (
    select
        tag,
        artist_ref,
        subject_type,
        subject,
        max(coalesce(votes, 1)) as votes
    from votes
    group by tag, artist_ref, subject_type, subject
),

tags_left_out as (
    select
        -- ids
        votes_once.tag,

        -- numbers
        count(distinct votes_once.artist_ref) as artists,
        cast(sum(votes_once.votes) as bigint) as votes
    from votes_once
    semi join tags
        on votes_once.tag = tags.tag
    group by votes_once.tag
)

select * from tags_left_out
