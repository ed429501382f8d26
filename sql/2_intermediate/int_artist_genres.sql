-- The genres of each artist, each with its share.
--
-- What a person said goes before all. Else votes for the artist count, those MusicBrainz and
-- ListenBrainz know together; where nobody voted for the artist, votes for its albums; then votes for
-- its recordings; then the genres Spotify lists. The two services tell of the same votes, so the
-- larger number counts, not the sum. Of each service and subject, the newest answer that has any
-- votes counts as a whole; an artist that was merged into another one is the same subject as that one. The ten genres with the most votes share the artist; of equals, the first
-- by the alphabet. Tags that are no genre take no part.
--
-- grain: one row per artist and genre
-- kind:  incremental
-- key:   artist_id, genre
-- recompute: whole
-- reads: stg_enrichment__genre_votes, int_tags_recognised, int_artists_linked, int_mbid_redirects,
--        int_artist_corrections_identified
-- tests: not_null genre_family, votes, weight
--        accepted genre_source correction, artist, release_group, recording, spotify
--        expression weight > 0 and weight <= 1
--        between genre_rank 1 10
-- columns:
--   genre  Name of the genre, in lower case.
--   genre_family  Family of the genre, such as rock or electronic.
--   genre_source  What was voted on: artist, release_group or recording; correction where a person said it, spotify where Spotify lists it.
--   genre_rank  Place of the genre by votes, from 1; of equals, by the alphabet; of those that a person said, in the order in which they were named.
--   votes  Votes for the genre; 1 where somebody lists it and counts nothing.
--   weight  Share of the votes, 0 to 1; the shares of one artist sum to 1.
--   is_primary  True for the first of them.

with votes as (
    select
        coalesce(int_mbid_redirects.artist_mbid, votes.artist_ref) as artist_ref,
        votes.service,
        votes.subject_type,
        case when votes.subject_type = 'artist' then coalesce(int_mbid_redirects.artist_mbid, votes.subject) else votes.subject end
            as subject,
        votes.tag,
        votes.votes,
        votes.told_order
    from stg_enrichment__genre_votes as votes
    left join int_mbid_redirects
        on votes.artist_ref = int_mbid_redirects.asked_mbid
    where coalesce(votes.votes, 1) > 0
),

tags as (
    select tag, genre, genre_family
    from int_tags_recognised
    where said_by = 'votes'
        and genre is not null
),

genres_said as (
    select tag, genre, genre_family
    from int_tags_recognised
    where said_by = 'correction'
        and genre is not null
),

artists as (
    select artist_id, artist_mbid
    from int_artists_linked
    where artist_mbid is not null
),

corrections as (
    select
        artist_id,
        lower(trim(value)) as tag,
        part
    from int_artist_corrections_identified
    where action = 'genre'
),

newest_answers as (
    select
        artist_ref,
        service,
        subject_type,
        subject,
        max(told_order) as told_order
    from votes
    group by artist_ref, service, subject_type, subject
),

-- Whoever writes a genre in two spellings does not vote twice.
votes_by_service as (
    select
        votes.artist_ref,
        votes.service,
        votes.subject_type,
        votes.subject,
        tags.genre,
        tags.genre_family,
        max(coalesce(votes.votes, 1)) as votes
    from votes
    inner join newest_answers
        on votes.artist_ref = newest_answers.artist_ref
        and votes.service = newest_answers.service
        and votes.subject_type = newest_answers.subject_type
        and votes.subject = newest_answers.subject
        and votes.told_order = newest_answers.told_order
    inner join tags
        on votes.tag = tags.tag
    group by
        votes.artist_ref,
        votes.service,
        votes.subject_type,
        votes.subject,
        tags.genre,
        tags.genre_family
),

votes_by_subject as (
    select
        artist_ref,
        case when service = 'spotify' then 'spotify' else subject_type end as genre_source,
        subject,
        genre,
        genre_family,
        max(votes) as votes
    from votes_by_service
    group by
        artist_ref,
        case when service = 'spotify' then 'spotify' else subject_type end,
        subject,
        genre,
        genre_family
),

votes_by_reference as (
    select
        artist_ref,
        genre_source,
        genre,
        genre_family,
        sum(votes) as votes
    from votes_by_subject
    group by artist_ref, genre_source, genre, genre_family
),

-- Spotify speaks of its own artists; MusicBrainz of all that are the same artist.
votes_by_artist as (
    select
        artists.artist_id,
        votes_by_reference.genre_source,
        votes_by_reference.genre,
        votes_by_reference.genre_family,
        votes_by_reference.votes,
        0 as said_order
    from votes_by_reference
    inner join artists
        on votes_by_reference.artist_ref = artists.artist_mbid
    union all
    select
        artist_ref as artist_id,
        genre_source,
        genre,
        genre_family,
        votes,
        0 as said_order
    from votes_by_reference
    where artist_ref like 'spotify:artist:%'
    union all
    select
        corrections.artist_id,
        'correction' as genre_source,
        genres_said.genre,
        genres_said.genre_family,
        max(1) as votes,
        min(corrections.part) as said_order
    from corrections
    inner join genres_said
        on corrections.tag = genres_said.tag
    group by corrections.artist_id, genres_said.genre, genres_said.genre_family
),

votes_with_preference as (
    select
        votes_by_artist.*,
        case genre_source
            when 'correction' then 1
            when 'artist' then 2
            when 'release_group' then 3
            when 'recording' then 4
            else 5
        end as preference
    from votes_by_artist
),

best_sources as (
    select
        artist_id,
        min(preference) as preference
    from votes_with_preference
    group by artist_id
),

genres_ranked as (
    select
        votes_with_preference.artist_id,
        votes_with_preference.genre,
        votes_with_preference.genre_family,
        votes_with_preference.genre_source,
        votes_with_preference.votes,
        row_number() over (
            partition by votes_with_preference.artist_id
            order by
                votes_with_preference.votes desc,
                votes_with_preference.said_order,
                votes_with_preference.genre
        ) as genre_rank
    from votes_with_preference
    inner join best_sources
        on votes_with_preference.artist_id = best_sources.artist_id
        and votes_with_preference.preference = best_sources.preference
),

artist_genres as (
    select
        -- ids
        artist_id,
        genre,

        -- attributes
        genre_family,
        genre_source,

        -- numbers
        cast(genre_rank as int) as genre_rank,
        cast(votes as bigint) as votes,
        1e0 * votes / sum(votes) over (partition by artist_id) as weight,

        -- booleans
        genre_rank = 1 as is_primary
    from genres_ranked
    where genre_rank <= 10
)

select * from artist_genres
