-- Everything that each area is part of, at most eight steps away.
--
-- An area may be part of several others, and of some no more; a way over one of these counts after
-- every other way. Nothing is part of what is no more. The newest answer about an area counts as a whole,
-- but for what it leaves open: whether the area is still part of another is what was said of that last.
-- An area is never part of itself, so that circles lead nowhere. (Recursion does not run on every engine:
-- there is a step for each.)
--
-- grain: one row per area and area around it
-- kind:  table
-- key:   area_id, ancestor_id
-- reads: stg_enrichment__area_parents, int_areas_described, countries
-- tests: not_null steps, is_ended
--        expression area_id <> ancestor_id
--        between steps 1 8
-- columns:
--   ancestor_id  MBID of an area around it.
--   steps  How many areas up the nearest way is, 1 to 8.
--   is_ended  True where it is no longer part of that, or that is no more, on every way.

with answers as (
    select area_id, parent_id, is_ended, told_order
    from stg_enrichment__area_parents
),

newest_answers as (
    select
        area_id,
        max(told_order) as told_order
    from answers
    group by area_id
),

-- Of one answer that says both, what still holds.
ends_told as (
    select
        area_id,
        parent_id,
        max_by(is_ended, told_order || case when is_ended then '0' else '1' end) as is_ended
    from answers
    where is_ended is not null
    group by area_id, parent_id
),

areas_no_more as (
    select areas.area_id
    from int_areas_described as areas
    left join countries
        on areas.country_code = countries.country_code
    where areas.is_ended or countries.code_kind = 'historic'
),

parents as (
    select
        answers.area_id,
        answers.parent_id,
        max(case when areas_no_more.area_id is not null or ends_told.is_ended then 1 else 0 end) as is_ended
    from answers
    inner join newest_answers
        on answers.area_id = newest_answers.area_id
        and answers.told_order = newest_answers.told_order
    left join ends_told
        on answers.area_id = ends_told.area_id
        and answers.parent_id = ends_told.parent_id
    left join areas_no_more
        on answers.parent_id = areas_no_more.area_id
    where answers.parent_id <> answers.area_id
    group by answers.area_id, answers.parent_id
),

step_1 as (
    select area_id, parent_id as ancestor_id, is_ended
    from parents
),

step_2 as (
    select
        step_1.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_1.is_ended, parents.is_ended)) as is_ended
    from step_1
    inner join parents
        on step_1.ancestor_id = parents.area_id
    where parents.parent_id <> step_1.area_id
    group by step_1.area_id, parents.parent_id
),

step_3 as (
    select
        step_2.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_2.is_ended, parents.is_ended)) as is_ended
    from step_2
    inner join parents
        on step_2.ancestor_id = parents.area_id
    where parents.parent_id <> step_2.area_id
    group by step_2.area_id, parents.parent_id
),

step_4 as (
    select
        step_3.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_3.is_ended, parents.is_ended)) as is_ended
    from step_3
    inner join parents
        on step_3.ancestor_id = parents.area_id
    where parents.parent_id <> step_3.area_id
    group by step_3.area_id, parents.parent_id
),

step_5 as (
    select
        step_4.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_4.is_ended, parents.is_ended)) as is_ended
    from step_4
    inner join parents
        on step_4.ancestor_id = parents.area_id
    where parents.parent_id <> step_4.area_id
    group by step_4.area_id, parents.parent_id
),

step_6 as (
    select
        step_5.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_5.is_ended, parents.is_ended)) as is_ended
    from step_5
    inner join parents
        on step_5.ancestor_id = parents.area_id
    where parents.parent_id <> step_5.area_id
    group by step_5.area_id, parents.parent_id
),

step_7 as (
    select
        step_6.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_6.is_ended, parents.is_ended)) as is_ended
    from step_6
    inner join parents
        on step_6.ancestor_id = parents.area_id
    where parents.parent_id <> step_6.area_id
    group by step_6.area_id, parents.parent_id
),

step_8 as (
    select
        step_7.area_id,
        parents.parent_id as ancestor_id,
        min(greatest(step_7.is_ended, parents.is_ended)) as is_ended
    from step_7
    inner join parents
        on step_7.ancestor_id = parents.area_id
    where parents.parent_id <> step_7.area_id
    group by step_7.area_id, parents.parent_id
),

all_steps as (
    select area_id, ancestor_id, is_ended, 1 as steps from step_1
    union all
    select area_id, ancestor_id, is_ended, 2 as steps from step_2
    union all
    select area_id, ancestor_id, is_ended, 3 as steps from step_3
    union all
    select area_id, ancestor_id, is_ended, 4 as steps from step_4
    union all
    select area_id, ancestor_id, is_ended, 5 as steps from step_5
    union all
    select area_id, ancestor_id, is_ended, 6 as steps from step_6
    union all
    select area_id, ancestor_id, is_ended, 7 as steps from step_7
    union all
    select area_id, ancestor_id, is_ended, 8 as steps from step_8
),

-- A way that still holds, then the shortest.
nearest as (
    select
        area_id,
        ancestor_id,
        min(is_ended * 100 + steps) as nearness
    from all_steps
    group by area_id, ancestor_id
),

ancestors as (
    select
        -- ids
        area_id,
        ancestor_id,

        -- numbers
        cast(nearness % 100 as int) as steps,

        -- booleans
        nearness > 100 as is_ended
    from nearest
)

select * from ancestors
