-- Which API and account-data plays an export already tells about.
--
-- In each round, a pair matches when each is the other's nearest candidate: first by the round
-- from which its rule acts, then what was heard for 30 seconds before what was not (the API hardly
-- ever lists the latter), then by how far apart the listening times are, then by distance in time,
-- then by a total order, so that there is always one answer. What is matched leaves with all its
-- other candidates; the next round looks at the rest. One export play takes at most one play of
-- each other source, and no chains arise. After the last round, what is left stays a play of its
-- own.
--
-- grain: one row per play that is the same as an export play
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_play_pairs_by_uri, int_play_pairs_by_recording, int_play_pairs_by_minute,
--        int_play_pairs_near_minute
-- tests: unique canonical_play_id, source
-- columns:
--   play_id  Key of the play that gives way.
--   canonical_play_id  Key of the play that stands for it.
--   source  Source of the play that gives way.
--   rule  Rule by which the two are the same; what it means is in match_rules.
--   round  Round of matching in which the two found each other.
--   distance_ms  How far apart the moments are that the rule compares, in milliseconds.

with contested_pairs as (
    select
        account_id,
        play_id,
        canonical_play_id,
        'spotify_api' as source,
        rule,
        first_round,
        cast(0 as bigint) as played_apart_ms,
        distance_ms,
        cast(0 as bigint) as places_apart,
        ended_ms,
        canonical_ended_ms,
        is_brief
    from int_play_pairs_by_uri
    where not is_settled
    union all
    select
        account_id,
        play_id,
        canonical_play_id,
        'spotify_api' as source,
        rule,
        first_round,
        cast(0 as bigint) as played_apart_ms,
        distance_ms,
        cast(0 as bigint) as places_apart,
        ended_ms,
        canonical_ended_ms,
        is_brief
    from int_play_pairs_by_recording
    union all
    select
        account_id,
        play_id,
        canonical_play_id,
        'spotify_account_data' as source,
        rule,
        first_round,
        cast(0 as bigint) as played_apart_ms,
        cast(0 as bigint) as distance_ms,
        places_apart,
        ended_ms,
        canonical_ended_ms,
        false as is_brief
    from int_play_pairs_by_minute
    union all
    select
        account_id,
        play_id,
        canonical_play_id,
        'spotify_account_data' as source,
        rule,
        first_round,
        played_apart_ms,
        distance_ms,
        cast(0 as bigint) as places_apart,
        ended_ms,
        canonical_ended_ms,
        false as is_brief
    from int_play_pairs_near_minute
),

pairs_numbered as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        row_number() over (
            partition by account_id
            order by
                first_round,
                cast(is_brief as int),
                played_apart_ms,
                distance_ms,
                places_apart,
                canonical_ended_ms,
                ended_ms,
                canonical_play_id,
                play_id
        ) as pair_number
    from contested_pairs
),

round_1 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when pair_number = min(case when first_round <= 1 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 1 then pair_number end)
                    over (partition by canonical_play_id, source) then 1
        end as round
    from pairs_numbered
),

after_round_1 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source) as canonical_round
    from round_1
),

round_2 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 2 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 2 then pair_number end)
                    over (partition by canonical_play_id, source) then 2
        end as round
    from after_round_1
    where round is not null
        or (play_round is null and canonical_round is null)
),

after_round_2 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source) as canonical_round
    from round_2
),

round_3 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 3 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 3 then pair_number end)
                    over (partition by canonical_play_id, source) then 3
        end as round
    from after_round_2
    where round is not null
        or (play_round is null and canonical_round is null)
),

after_round_3 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source) as canonical_round
    from round_3
),

round_4 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 4 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 4 then pair_number end)
                    over (partition by canonical_play_id, source) then 4
        end as round
    from after_round_3
    where round is not null
        or (play_round is null and canonical_round is null)
),

after_round_4 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source) as canonical_round
    from round_4
),

round_5 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 5 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 5 then pair_number end)
                    over (partition by canonical_play_id, source) then 5
        end as round
    from after_round_4
    where round is not null
        or (play_round is null and canonical_round is null)
),

plays_matched as (
    select
        -- ids
        contested_pairs.play_id,
        contested_pairs.canonical_play_id,

        -- attributes
        contested_pairs.source,
        contested_pairs.rule,

        -- numbers
        round_5.round,
        contested_pairs.distance_ms
    from round_5
    inner join contested_pairs
        on round_5.play_id = contested_pairs.play_id
        and round_5.canonical_play_id = contested_pairs.canonical_play_id
    where round_5.round is not null
    union all
    select
        play_id,
        canonical_play_id,
        'spotify_api' as source,
        rule,
        first_round as round,
        distance_ms
    from int_play_pairs_by_uri
    where is_settled
)

select * from plays_matched
