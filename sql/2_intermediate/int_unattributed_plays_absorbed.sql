-- Export rows without a URI that a fuller row of the same play makes superfluous.
--
-- Spotify leaves the URI, or everything about the track, out of some rows and fills it in a later
-- export; the two then differ in their key. Same account, same end, same listening time: one row
-- absorbs at most one row without any name, and one with the same title but no URI.
--
-- grain: one row per absorbed play
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_play_observations_chosen
-- tests: unique canonical_play_id, rule

with export_plays as (
    select
        play_id,
        account_id,
        track_uri,
        title_key,
        ended_at,
        ms_played
    from int_play_observations_chosen
    where source = 'spotify_export'
),

plays_without_uri as (
    select
        play_id,
        account_id,
        title_key,
        ended_at,
        ms_played
    from export_plays
    where track_uri is null
),

-- Everything that ended with one of them; the rest of the history need not be sorted.
plays_at_these_moments as (
    select
        export_plays.play_id,
        export_plays.account_id,
        export_plays.track_uri,
        export_plays.title_key,
        export_plays.ended_at,
        export_plays.ms_played
    from export_plays
    semi join plays_without_uri
        on export_plays.account_id = plays_without_uri.account_id
        and export_plays.ended_at = plays_without_uri.ended_at
        and export_plays.ms_played = plays_without_uri.ms_played
),

plays_numbered_by_title as (
    select
        play_id,
        account_id,
        title_key,
        ended_at,
        ms_played,
        case when track_uri is null then 'names' else 'uri' end as known_by,
        row_number() over (
            partition by account_id, ended_at, ms_played, title_key, cast(track_uri is null as int)
            order by play_id
        ) as nth
    from plays_at_these_moments
    where title_key is not null
),

absorbed_by_title as (
    select
        without_uri.play_id,
        with_uri.play_id as canonical_play_id,
        'export_names_only' as rule
    from plays_numbered_by_title as without_uri
    inner join plays_numbered_by_title as with_uri
        on without_uri.account_id = with_uri.account_id
        and without_uri.ended_at = with_uri.ended_at
        and without_uri.ms_played = with_uri.ms_played
        and without_uri.title_key = with_uri.title_key
        and without_uri.nth = with_uri.nth
    where without_uri.known_by = 'names'
        and with_uri.known_by = 'uri'
),

plays_numbered as (
    select
        plays_at_these_moments.play_id,
        plays_at_these_moments.account_id,
        plays_at_these_moments.ended_at,
        plays_at_these_moments.ms_played,
        case
            when plays_at_these_moments.track_uri is null
                and plays_at_these_moments.title_key is null then 'nothing'
            else 'something'
        end as known_by,
        row_number() over (
            partition by
                plays_at_these_moments.account_id,
                plays_at_these_moments.ended_at,
                plays_at_these_moments.ms_played,
                cast(plays_at_these_moments.track_uri is null
                    and plays_at_these_moments.title_key is null as int)
            order by plays_at_these_moments.play_id
        ) as nth
    from plays_at_these_moments
    anti join absorbed_by_title
        on plays_at_these_moments.play_id = absorbed_by_title.play_id
),

absorbed_by_time as (
    select
        unattributed.play_id,
        attributed.play_id as canonical_play_id,
        'export_unattributed' as rule
    from plays_numbered as unattributed
    inner join plays_numbered as attributed
        on unattributed.account_id = attributed.account_id
        and unattributed.ended_at = attributed.ended_at
        and unattributed.ms_played = attributed.ms_played
        and unattributed.nth = attributed.nth
    where unattributed.known_by = 'nothing'
        and attributed.known_by = 'something'
),

plays_absorbed as (
    select play_id, canonical_play_id, rule from absorbed_by_title
    union all
    select play_id, canonical_play_id, rule from absorbed_by_time
)

select * from plays_absorbed
