-- Every row in src is of a source that a staging model reads.

select
    source,
    count(*) as rows_unread
from src_plays
where source is null
    or source not in ('spotify_api', 'spotify_export', 'spotify_account_data', 'submitted', 'listenbrainz', 'lastfm')
group by source
