-- Artists of one MBID are one group, and a group has one MBID at most.

select
    artist_group_id,
    count(*) as artists,
    count(distinct artist_mbid) as mbids
from dim_artist
group by artist_group_id
having count(distinct artist_mbid) > 1
    or (count(*) > 1 and count(artist_mbid) <> count(*))
