-- Everything any source said about plays, side by side, with the names made comparable.
--
-- A track is what its source names: its URI, else its title and artist (for episodes, the show).
-- Where a listen names no album artist, its first credit stands in.
--
-- grain: one row per observation
-- kind:  view
-- reads: stg_spotify_export__plays, stg_spotify_api__plays, stg_spotify_account_data__plays,
--        int_listens
-- columns:
--   ms_played  Milliseconds listened, as reported; empty where the source does not say.
--   duration_ms  Length of the track in milliseconds, as the source tells it; empty where it does not.
--   started_at  When the play began (UTC): as the source tells it, else worked out from the end and the time heard or the length.
--   ended_at  When the play ended (UTC): as the source tells it, else worked out from the start and the time heard or the length; empty where neither is known.
--   first_artist_name  First artist that a listen credits, else its album artist; empty for every source of Spotify.
--   is_nameless  True where account data writes the words that it has for what Spotify lost (Unknown Track, Unknown Artist).
--   title_key  Title to compare by: in lower case, without spaces around it; empty where none is told.
--   artist_key  Album artist, else the first artist credited, to compare by: in lower case, without spaces around it; empty where none is told.
--   album_key  Name of the album, show or audiobook to compare by: in lower case, without spaces around it; empty where none is told.
--   maker_key  Who made it, as part of the track's key: the first artist credited, else the album artist, of an episode the show; in lower case, without spaces around it.
--   known_by  What the track is known by: uri, names or nothing.
--   track_id  Key of the track: the URI its source gives, else name: and a hash of its names, else unknown.

-- The staging models of plays have the same columns in the same order.
with observations as (
    select *, cast(null as string) as first_artist_name from stg_spotify_export__plays
    union all
    select *, cast(null as string) as first_artist_name from stg_spotify_api__plays
    union all
    select *, cast(null as string) as first_artist_name from stg_spotify_account_data__plays
    union all
    select * from int_listens
),

-- Account data writes these words where Spotify lost what was played.
observations_checked as (
    select
        observations.*,
        track_uri is null
            and track_name = 'Unknown Track'
            and album_artist_name = 'Unknown Artist' as is_nameless
    from observations
),

observations_with_keys as (
    select
        observations_checked.*,
        case when not coalesce(is_nameless, false) then nullif(lower(trim(track_name)), '') end
            as title_key,
        case when not coalesce(is_nameless, false) then nullif(lower(trim(coalesce(album_artist_name, first_artist_name))), '') end
            as artist_key,
        nullif(lower(trim(album_name)), '') as album_key,
        nullif(
            lower(
                trim(
                    case
                        when kind = 'episode' then album_name
                        else coalesce(first_artist_name, album_artist_name)
                    end
                )
            ),
            ''
        ) as maker_key
    from observations_checked
),

observations_with_track as (
    select
        observations_with_keys.*,
        case
            when track_uri is not null then 'uri'
            when title_key is not null then 'names'
            else 'nothing'
        end as known_by,
        case
            when track_uri is not null then track_uri
            when title_key is null then 'unknown'
            -- Each part carries its length, so that no two pairs of names run into the same text.
            else
                'name:' || md5(
                    case when kind in ('episode', 'audiobook') then kind else 'track' end
                    || ':' || cast(length(title_key) as string) || ':' || title_key
                    || coalesce(cast(length(maker_key) as string) || ':' || maker_key, '-')
                )
        end as track_id
    from observations_with_keys
)

select * from observations_with_track
