-- What is known about each track, put together from all that was reported about it.
--
-- Exports know little, so that what Spotify's API says comes first, column by column, in plays and then
-- in answers about the track; what other programs tell comes last. Of what one of these says, the
-- fullest version counts, then the latest; of answers, the latest that says anything.
-- A length that nobody tells is estimated: the median of the plays that ran to the track's end.
--
-- grain: one row per track as its source names it
-- kind:  incremental
-- key:   track_id
-- recompute: by track_id
-- reads: int_tracks_reported, stg_enrichment__tracks
-- tests: not_null track_kind, track_name, last_ended_ms
-- columns:
--   track_id  Key of the track: the URI its source gives, else name: and a hash of its names.
--   track_uri  URI as the source gives it; empty where it gives names only.
--   isrc  International Standard Recording Code, in capitals without hyphens; empty where no source told it.
--   album_uri  URI of the album, or of the audiobook; empty where no source told it.
--   track_kind  What it is: track, episode, audiobook (a chapter), local (a file of one's own) or unattributed.
--   track_name  Title; the key where no source tells one.
--   album_name  Name of the album, show or audiobook; empty where no source told it.
--   album_artist_name  Album artist, else the first artist that a listen credits; empty where no source told one.
--   duration_ms  Length in milliseconds, as a source tells it, else estimated; empty where unknown.
--   last_ended_ms  When it was last reported: the end of that play, else its start, in milliseconds since 1970 (UTC).
--   is_duration_estimated  True where no source tells the length and it is the median of the plays that ran to the end.
--   title_key  Title to compare by: in lower case, without spaces around it.
--   album_key  Name of the album, show or audiobook to compare by, in the same way; empty where none is told.
--   artist_key  Album artist, else the first artist that a listen credits, to compare by, in the same way; empty where none is told.

with versions as (
    select
        track_id,
        track_uri,
        isrc,
        album_uri,
        told_by,
        track_kind,
        track_name,
        album_name,
        album_artist_name,
        album_release_date_text,
        album_release_date_precision,
        duration_ms,
        max(ended_ms) as last_ended_ms
    from int_tracks_reported
    group by
        track_id,
        track_uri,
        isrc,
        album_uri,
        told_by,
        track_kind,
        track_name,
        album_name,
        album_artist_name,
        album_release_date_text,
        album_release_date_precision,
        duration_ms
),

versions_ranked as (
    select
        versions.*,
        row_number() over (
            partition by track_id, told_by
            order by
                cast(track_name is null as int)
                + cast(isrc is null as int)
                + cast(album_uri is null as int)
                + cast(album_name is null as int)
                + cast(album_artist_name is null as int)
                + cast(album_release_date_text is null as int)
                + cast(duration_ms is null as int),
                last_ended_ms desc,
                track_name desc,
                album_name desc nulls last,
                album_artist_name desc nulls last,
                isrc desc nulls last,
                album_uri desc nulls last,
                album_release_date_text desc nulls last,
                album_release_date_precision desc nulls last,
                duration_ms desc nulls last,
                track_kind
        ) as choice
    from versions
),

tracks as (
    select
        track_id,
        max(last_ended_ms) as last_ended_ms
    from versions
    group by track_id
),

api_versions as (
    select * from versions_ranked
    where told_by = 'api' and choice = 1
),

file_versions as (
    select * from versions_ranked
    where told_by = 'file' and choice = 1
),

listen_versions as (
    select * from versions_ranked
    where told_by = 'listen' and choice = 1
),

answers as (
    select
        track_uri,
        max_by(track_isrc, told_order) filter (where track_isrc is not null) as isrc,
        max_by(album_uri, told_order) filter (where album_uri is not null) as album_uri,
        max_by(album_name, told_order) filter (where album_name is not null) as album_name,
        max_by(duration_ms, told_order) filter (where duration_ms > 0) as duration_ms
    from stg_enrichment__tracks
    where service = 'spotify'
    group by track_uri
),

lengths_heard as (
    select
        track_id,
        cast(floor(median(whole_ms)) as bigint) as duration_ms
    from int_tracks_reported
    where whole_ms is not null
    group by track_id
),

tracks_described as (
    select
        -- ids
        tracks.track_id,
        coalesce(api_versions.track_uri, file_versions.track_uri, listen_versions.track_uri) as track_uri,
        upper(replace(coalesce(api_versions.isrc, answers.isrc, file_versions.isrc, listen_versions.isrc), '-', '')) as isrc,
        coalesce(api_versions.album_uri, answers.album_uri, file_versions.album_uri, listen_versions.album_uri) as album_uri,

        -- attributes
        coalesce(api_versions.track_kind, file_versions.track_kind, listen_versions.track_kind) as track_kind,
        coalesce(api_versions.track_name, file_versions.track_name, listen_versions.track_name, tracks.track_id) as track_name,
        nullif(lower(trim(coalesce(api_versions.track_name, file_versions.track_name, listen_versions.track_name))), '') as title_key,
        coalesce(api_versions.album_name, answers.album_name, file_versions.album_name, listen_versions.album_name) as album_name,
        nullif(
            lower(trim(coalesce(api_versions.album_name, answers.album_name, file_versions.album_name, listen_versions.album_name))), ''
        ) as album_key,
        coalesce(api_versions.album_artist_name, file_versions.album_artist_name, listen_versions.album_artist_name) as album_artist_name,
        nullif(
            lower(trim(coalesce(api_versions.album_artist_name, file_versions.album_artist_name, listen_versions.album_artist_name))), ''
        ) as artist_key,
        coalesce(api_versions.album_release_date_text, file_versions.album_release_date_text, listen_versions.album_release_date_text)
            as album_release_date_text,
        case
            when api_versions.album_release_date_text is not null
                then api_versions.album_release_date_precision
            when file_versions.album_release_date_text is not null
                then file_versions.album_release_date_precision
            else listen_versions.album_release_date_precision
        end as album_release_date_precision,

        -- numbers
        coalesce(
            api_versions.duration_ms,
            answers.duration_ms,
            file_versions.duration_ms,
            listen_versions.duration_ms,
            lengths_heard.duration_ms
        ) as duration_ms,
        tracks.last_ended_ms,

        -- booleans
        coalesce(
            api_versions.duration_ms,
            answers.duration_ms,
            file_versions.duration_ms,
            listen_versions.duration_ms
        ) is null
            and lengths_heard.duration_ms is not null as is_duration_estimated
    from tracks
    left join api_versions
        on tracks.track_id = api_versions.track_id
    left join file_versions
        on tracks.track_id = file_versions.track_id
    left join listen_versions
        on tracks.track_id = listen_versions.track_id
    left join answers
        on tracks.track_id = answers.track_uri
    left join lengths_heard
        on tracks.track_id = lengths_heard.track_id
)

select * from tracks_described
