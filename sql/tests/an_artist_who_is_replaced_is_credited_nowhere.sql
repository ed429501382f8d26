-- An artist that was merged or split is credited on no track and on no album, unless it stands for another one.

with artists_gone as (
    select artist_id
    from int_artists_replaced
    where artist_id not in (select new_artist_id from int_artists_replaced)
)

select track_id, artist_id
from int_track_artists_identified
where artist_id in (select artist_id from artists_gone)
union all
select album_id as track_id, artist_id
from int_album_artists_identified
where artist_id in (select artist_id from artists_gone)
union all
select artist_key as track_id, artist_id
from int_artist_names_identified
where artist_id in (select artist_id from artists_gone)
