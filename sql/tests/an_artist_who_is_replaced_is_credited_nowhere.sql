-- An artist that was merged or split is credited on no track and on no album.

select track_id, artist_id
from int_track_artists_identified
where artist_id in (select artist_id from int_artists_replaced)
union all
select artist_key as track_id, artist_id
from int_artist_names_identified
where artist_id in (select artist_id from int_artists_replaced)
