-- Which artist of MusicBrainz people said that artists are.
--
-- grain: one row per artist that a person linked, or said to be unknown there
-- kind:  view
-- reads: int_artist_corrections_identified, int_mbid_redirects
-- columns:
--   artist_mbid  MBID as it is today; empty where the person said that there is none.

with links_by_hand as (
    select
        corrections.artist_id,
        case
            when corrections.value <> 'none'
                then coalesce(int_mbid_redirects.artist_mbid, lower(corrections.value))
        end as artist_mbid
    from int_artist_corrections_identified as corrections
    left join int_mbid_redirects
        on lower(corrections.value) = int_mbid_redirects.asked_mbid
    where corrections.action = 'link'
)

select * from links_by_hand
