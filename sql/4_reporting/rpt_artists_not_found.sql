-- Which artists does MusicBrainz not know, or not know for certain, and when is it asked again?
--
-- Artists without an MBID, those played most first. An artist that was never asked about is there as
-- well. What led to nothing is asked again in the same way after a week, then after two, after four, and
-- so on up to half a year; an answer that could not be read after a day, then after two, and so on; what was
-- refused among others, at once, among fewer.
--
-- grain: one row per artist without an MBID
-- kind:  table
-- key:   artist_id
-- reads: dim_artist, fct_track_played, stg_enrichment__lookups, int_artist_names_resolved
-- sort:  place
-- tests: accepted outcome none, ambiguous, refused, unreadable, found, never_asked, not_at_musicbrainz
--        unique place
-- columns:
--   place  Place among them by plays, from 1; of equals, by key.
--   outcome  What came of the last look-up: none, ambiguous, refused or unreadable; found where the answer was of no use; never_asked where nobody asked yet; not_at_musicbrainz where a person said so.
--   reason  Why, in the words of whoever asked.
--   service  Service that was asked last.
--   method  How it was asked last.
--   times_asked  How often anybody asked.
--   plays  Plays of music with the artist as the first credited.
--   asked_at  When it was asked last.
--   retry_at  When it may be asked again, in whichever way is first; empty where it may be at once, or never.

with artists as (
    select artist_id, artist_uri, artist_name, known_by, link_method
    from dim_artist
    where artist_mbid is null
        and artist_id <> 'unknown'
),

plays as (
    select artist_id, count(*) as plays
    from fct_track_played
    where is_music
    group by artist_id
),

names as (
    select artist_key, artist_id
    from int_artist_names_resolved
),

lookups as (
    select
        case
            when lookups.subject_type = 'spotify_artist' then lookups.subject
            else coalesce(names.artist_id, 'name:' || md5('artist:' || lower(trim(lookups.subject))))
        end as artist_id,
        lookups.service,
        lookups.method,
        lookups.outcome,
        lookups.reason,
        lookups.told_order,
        lookups.fetched_at
    from stg_enrichment__lookups as lookups
    left join names
        on lookups.subject_type = 'artist_name'
        and lower(trim(lookups.subject)) = names.artist_key
    where lookups.subject_type in ('spotify_artist', 'artist_name')
        and lookups.service <> 'spotify'
        -- Who found no place in an answer about many was not answered.
        and lookups.outcome <> 'crowded'
),

-- Two spellings of one name may have been asked about at once.
lookups_ranked as (
    select
        lookups.*,
        row_number() over (
            partition by artist_id
            order by told_order desc, method, outcome, reason nulls last
        ) as choice,
        count(*) over (partition by artist_id) as times_asked
    from lookups
),

last_lookups as (
    select
        artist_id,
        service,
        method,
        outcome,
        reason,
        times_asked,
        fetched_at as asked_at
    from lookups_ranked
    where choice = 1
),

-- `enrich` waits as long as answers of one kind in a row say.
answers_by_kind as (
    select
        artist_id,
        service,
        method,
        case when outcome = 'ambiguous' then 'none' else outcome end as kind,
        told_order,
        fetched_at
    from lookups
),

newest_kinds as (
    select
        artist_id,
        service,
        method,
        max_by(kind, told_order || kind) as kind
    from answers_by_kind
    group by artist_id, service, method
),

last_others as (
    select
        answers_by_kind.artist_id,
        answers_by_kind.service,
        answers_by_kind.method,
        max(answers_by_kind.told_order) as told_order
    from answers_by_kind
    inner join newest_kinds
        on answers_by_kind.artist_id = newest_kinds.artist_id
        and answers_by_kind.service = newest_kinds.service
        and answers_by_kind.method is not distinct from newest_kinds.method
    where answers_by_kind.kind <> newest_kinds.kind
    group by answers_by_kind.artist_id, answers_by_kind.service, answers_by_kind.method
),

misses as (
    select
        answers_by_kind.artist_id,
        answers_by_kind.service,
        answers_by_kind.method,
        newest_kinds.kind,
        count(*) as misses,
        max(answers_by_kind.fetched_at) as asked_at
    from answers_by_kind
    inner join newest_kinds
        on answers_by_kind.artist_id = newest_kinds.artist_id
        and answers_by_kind.service = newest_kinds.service
        and answers_by_kind.method is not distinct from newest_kinds.method
        and answers_by_kind.kind = newest_kinds.kind
    left join last_others
        on answers_by_kind.artist_id = last_others.artist_id
        and answers_by_kind.service = last_others.service
        and answers_by_kind.method is not distinct from last_others.method
    where newest_kinds.kind <> 'found'
        and answers_by_kind.told_order > coalesce(last_others.told_order, '')
    group by
        answers_by_kind.artist_id,
        answers_by_kind.service,
        answers_by_kind.method,
        newest_kinds.kind
),

retries as (
    select
        artist_id,
        min(
            asked_at
            + case kind
                when 'refused' then 0
                when 'unreadable' then cast(floor(least(180, power(2, least(misses, 9) - 1))) as int)
                else cast(floor(least(180, 7 * power(2, least(misses, 6) - 1))) as int)
            end * interval '1' day
        ) as retry_at
    from misses
    group by artist_id
),

artists_not_found as (
    select
        -- ids
        artists.artist_id,
        artists.artist_uri,

        -- attributes
        artists.artist_name,
        artists.known_by,
        case
            when artists.link_method = 'correction' then 'not_at_musicbrainz'
            else coalesce(last_lookups.outcome, 'never_asked')
        end as outcome,
        last_lookups.reason,
        last_lookups.service,
        last_lookups.method,

        -- numbers
        cast(
            row_number() over (order by coalesce(plays.plays, 0) desc, artists.artist_id) as int
        ) as place,
        coalesce(last_lookups.times_asked, 0) as times_asked,
        coalesce(plays.plays, 0) as plays,

        -- times
        last_lookups.asked_at,
        case when artists.link_method is null then retries.retry_at end as retry_at
    from artists
    left join plays
        on artists.artist_id = plays.artist_id
    left join last_lookups
        on artists.artist_id = last_lookups.artist_id
    left join retries
        on artists.artist_id = retries.artist_id
)

select * from artists_not_found
