-- Two real repeats stay two plays: a play stands for at most one play of any other source.

select
    canonical_play_id,
    source,
    count(*) as plays
from int_play_duplicates
where source <> 'spotify_export'
group by canonical_play_id, source
having count(*) > 1
