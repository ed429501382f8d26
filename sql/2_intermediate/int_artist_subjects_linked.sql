-- Which artist of MusicBrainz each artist of Spotify and each bare name is, by what services said.
--
-- A link that MusicBrainz itself keeps (url) goes before one through a recording (isrc), the MBID that
-- listens came with, where that was only one for the name, a search, and a look-up by names; of one kind
-- the newest counts. A later answer that knows nothing takes no
-- link away, but for the links that MusicBrainz itself keeps: when it does not have one any more, it
-- was wrong. What was refused, could not be read, or found no place in an answer about many says nothing.
--
-- grain: one row per artist of Spotify or name that is linked
-- kind:  table
-- key:   subject_type, subject_key
-- reads: stg_enrichment__artist_links, stg_enrichment__lookups, int_artist_names_seen,
--        int_mbid_redirects
-- tests: not_null artist_mbid
--        accepted subject_type spotify_artist, artist_name
--        accepted link_method url, isrc, search, names, credits

with links_withdrawn as (
    select
        subject_type,
        subject
    from stg_enrichment__lookups
    where method = 'url'
        and outcome in ('found', 'none', 'ambiguous')
    group by subject_type, subject
    having max_by(outcome, told_order || outcome) <> 'found'
),

links_kept as (
    select
        subject_type,
        subject,
        artist_mbid,
        method,
        score,
        told_order,
        fetched_at
    from stg_enrichment__artist_links
    where method <> 'url'
    union all
    select
        links.subject_type,
        links.subject,
        links.artist_mbid,
        links.method,
        links.score,
        links.told_order,
        links.fetched_at
    from stg_enrichment__artist_links as links
    anti join links_withdrawn
        on links.subject_type = links_withdrawn.subject_type
        and links.subject = links_withdrawn.subject
    where links.method = 'url'
),

links as (
    select
        subject_type,
        case when subject_type = 'artist_name' then lower(trim(subject)) else subject end
            as subject_key,
        artist_mbid,
        method as link_method,
        case method
            when 'url' then '5'
            when 'isrc' then '4'
            when 'search' then '2'
            else '1'
        end || told_order as preference,
        score as link_score,
        fetched_at as linked_at
    from links_kept
    union all
    select
        'artist_name' as subject_type,
        artist_key as subject_key,
        only_artist_mbid as artist_mbid,
        'credits' as link_method,
        '3' as preference,
        cast(null as int) as link_score,
        cast(null as timestamp) as linked_at
    from int_artist_names_seen
    where only_artist_mbid is not null
),

links_ranked as (
    select
        links.*,
        row_number() over (
            partition by subject_type, subject_key
            order by preference desc, artist_mbid, link_score desc nulls last
        ) as choice
    from links
),

subjects_linked as (
    select
        -- ids
        links_ranked.subject_key,
        coalesce(int_mbid_redirects.artist_mbid, links_ranked.artist_mbid) as artist_mbid,

        -- attributes
        links_ranked.subject_type,
        links_ranked.link_method,

        -- numbers
        links_ranked.link_score,

        -- times
        links_ranked.linked_at
    from links_ranked
    left join int_mbid_redirects
        on links_ranked.artist_mbid = int_mbid_redirects.asked_mbid
    where links_ranked.choice = 1
)

select * from subjects_linked
