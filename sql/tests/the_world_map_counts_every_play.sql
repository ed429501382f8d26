-- Each level of the world map has all plays and minutes of music, known places or not.

with plays as (
    select account_id, count(*) as plays, coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened
    from fct_track_played
    where is_music
    group by account_id
),

maps as (
    select
        account_id,
        map_level,
        cast(sum(plays) as bigint) as plays,
        cast(sum(ms_listened) as bigint) as ms_listened
    from rpt_world_map
    group by account_id, map_level
)

select plays.account_id, maps.map_level, plays.plays, maps.plays as plays_on_map
from plays
left join maps
    on plays.account_id = maps.account_id
where maps.account_id is null
    or plays.plays <> maps.plays
    or plays.ms_listened <> maps.ms_listened
