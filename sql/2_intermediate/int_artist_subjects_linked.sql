-- Which artist of MusicBrainz each artist of Spotify and each bare name is, by what services said.
--
-- The best way of finding out counts (`link_methods`), of one kind the newest. A later answer that knows
-- nothing takes no link away, but for the links that MusicBrainz itself keeps: when it does not have one any
-- more, it was wrong. So was a search, or a look-up by names, that led to one and now leads to several.
-- What was refused, could not be read, or found no place in an answer about many says nothing.
--
-- grain: one row per artist of Spotify or name that is linked
-- kind:  table
-- key:   subject_type, subject_key
-- reads: stg_enrichment__artist_links, stg_enrichment__lookups, int_artist_names_seen,
--        int_mbid_redirects, link_methods
-- tests: not_null artist_mbid
--        accepted subject_type spotify_artist, artist_name
--        accepted link_method url, isrc, search, names, credits
-- columns:
--   subject_key  The Spotify URI, or the name in lower case.
--   artist_mbid  MBID of the artist at MusicBrainz, as it is today.
--   link_method  How it was found: url (MusicBrainz keeps the link), isrc (by a recording), credits (listens came with it), search (by name) or names (by titles of songs).
--   link_score  How sure the service was, of 100; empty where it does not say.
--   linked_at  When a service told it last (UTC); empty where the credits of listens did.
--   linked_name  How whoever told it spells the name of the artist; empty where nobody did.
--   link_worth  What that way of finding out is worth, the best the most (`link_methods`).

with links_told as (
    select
        subject_type,
        case when subject_type = 'artist_name' then lower(trim(subject)) else subject end
            as subject_key,
        artist_mbid,
        artist_name,
        method,
        score,
        told_order,
        fetched_at
    from stg_enrichment__artist_links
),

answers as (
    select
        subject_type,
        case when subject_type = 'artist_name' then lower(trim(subject)) else subject end
            as subject_key,
        method,
        max_by(outcome, told_order || outcome) as outcome
    from stg_enrichment__lookups
    where method in ('url', 'search', 'names')
        and outcome in ('found', 'none', 'ambiguous')
    group by
        subject_type,
        case when subject_type = 'artist_name' then lower(trim(subject)) else subject end,
        method
),

links_withdrawn as (
    select subject_type, subject_key, method
    from answers
    where outcome = 'ambiguous' or (method = 'url' and outcome = 'none')
),

links_kept as (
    select links_told.*
    from links_told
    anti join links_withdrawn
        on links_told.subject_type = links_withdrawn.subject_type
        and links_told.subject_key = links_withdrawn.subject_key
        and links_told.method = links_withdrawn.method
),

links as (
    select
        subject_type,
        subject_key,
        artist_mbid,
        artist_name as linked_name,
        method as link_method,
        told_order,
        score as link_score,
        fetched_at as linked_at
    from links_kept
    union all
    select
        'artist_name' as subject_type,
        artist_key as subject_key,
        only_artist_mbid as artist_mbid,
        artist_name as linked_name,
        'credits' as link_method,
        '' as told_order,
        cast(null as int) as link_score,
        cast(null as timestamp) as linked_at
    from int_artist_names_seen
    where only_artist_mbid is not null
),

links_with_worth as (
    select
        links.*,
        coalesce(link_methods.worth, 0) as link_worth
    from links
    left join link_methods
        on links.subject_type = link_methods.subject_type
        and links.link_method = link_methods.link_method
),

links_ranked as (
    select
        links_with_worth.*,
        row_number() over (
            partition by subject_type, subject_key
            order by link_worth desc, told_order desc, artist_mbid, link_score desc nulls last, linked_name nulls last
        ) as choice
    from links_with_worth
),

subjects_linked as (
    select
        -- ids
        links_ranked.subject_key,
        coalesce(int_mbid_redirects.artist_mbid, links_ranked.artist_mbid) as artist_mbid,

        -- attributes
        links_ranked.subject_type,
        links_ranked.linked_name,
        links_ranked.link_method,

        -- numbers
        links_ranked.link_worth,
        links_ranked.link_score,

        -- times
        links_ranked.linked_at
    from links_ranked
    left join int_mbid_redirects
        on links_ranked.artist_mbid = int_mbid_redirects.asked_mbid
    where links_ranked.choice = 1
)

select * from subjects_linked
