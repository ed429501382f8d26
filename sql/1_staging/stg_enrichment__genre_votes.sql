-- What people voted genres and tags to be: one answer after the other.
--
-- Null votes: the service lists genres and counts nothing. Nobody has more than a million: a number
-- beyond that counts as one.
--
-- grain: one row per answer, subject and tag
-- kind:  view
-- reads: src_genre_votes
-- tests: not_null answer_id, service, artist_ref, subject_type, subject, tag, fetched_at
--        accepted subject_type artist, release_group, recording
-- columns:
--   tag  Tag or genre as people wrote it, in lower case.
--   told_order  Sorts answers by age, as text: the instant in milliseconds, then the key of the answer.
--   votes  Votes for it, a million at most; empty where the service lists genres and counts nothing.

with answers as (
    select
        answer_id,
        artist_ref,
        subject,
        genre_mbid,
        service,
        subject_type,
        tag,
        votes,
        fetched_at
    from src_genre_votes
),

renamed as (
    select
        -- ids
        answer_id,
        artist_ref,
        subject,
        genre_mbid,

        -- attributes
        service,
        subject_type,
        lower(trim(tag)) as tag,
        lpad(cast(unix_millis(fetched_at) as string), 16, '0') || answer_id as told_order,

        -- numbers
        case when votes is not null then try_cast(greatest(least(votes, 1000000), -1000000) as int) end
            as votes,

        -- times
        fetched_at
    from answers
)

select * from renamed
