-- Every album has credits numbered from one without a hole, whose weights sum to one, and the first of them is its artist.

with credits as (
    select
        album_id,
        count(*) as credits,
        min(position) as first_position,
        max(position) as last_position,
        sum(weight) as weight,
        max(case when position = 1 then artist_id end) as first_artist_id
    from bridge_album_artist
    group by album_id
)

select
    dim_album.album_id,
    dim_album.artist_id,
    credits.first_artist_id,
    credits.credits,
    credits.weight
from dim_album
left join credits
    on dim_album.album_id = credits.album_id
where credits.album_id is null
    or credits.first_position <> 1
    or credits.last_position <> credits.credits
    or abs(credits.weight - 1) > 1e-9
    or credits.first_artist_id <> dim_album.artist_id
