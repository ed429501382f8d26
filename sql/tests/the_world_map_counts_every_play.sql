-- Each level of the world map has all plays and minutes of music, known places or not.

with plays as (
    select account_id, count(*) as plays, coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened
    from fct_track_played
    where is_music
    group by account_id
),

map_levels as (
    select 'place' as map_level
    union all
    select 'country' as map_level
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

select plays.account_id, map_levels.map_level, plays.plays, maps.plays as plays_on_map
from plays
cross join map_levels
left join maps
    on plays.account_id = maps.account_id
    and map_levels.map_level = maps.map_level
where maps.account_id is null
    or plays.plays <> maps.plays
    or plays.ms_listened <> maps.ms_listened
