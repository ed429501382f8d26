-- Every track has credits numbered from one without a hole, whose weights sum to one, and the first of them is its artist.

with credits as (
    select
        track_id,
        count(*) as credits,
        min(position) as first_position,
        max(position) as last_position,
        sum(weight) as weight,
        max(case when position = 1 then artist_id end) as first_artist_id
    from bridge_track_artist
    group by track_id
)

select
    dim_track.track_id,
    dim_track.artist_id,
    credits.first_artist_id,
    credits.credits,
    credits.weight
from dim_track
left join credits
    on dim_track.track_id = credits.track_id
where credits.track_id is null
    or credits.first_position <> 1
    or credits.last_position <> credits.credits
    or abs(credits.weight - 1) > 1e-9
    or credits.first_artist_id <> dim_track.artist_id
