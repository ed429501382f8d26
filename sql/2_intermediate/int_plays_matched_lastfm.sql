-- Which scrobbles of Last.fm an earlier source already tells about.
--
-- The text is that of int_plays_matched_submitted, for the next source in line.
--
-- grain: one row per listen that is the same as a play of an earlier source
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_listen_pairs, int_unattributed_plays_absorbed, int_plays_matched_to_exports,
--        int_plays_matched_to_api, int_plays_matched_submitted, int_plays_matched_listenbrainz
-- tests: unique canonical_play_id, source_clock
-- columns:
--   play_id  Key of the play that gives way.
--   canonical_play_id  Key of the play that stands for it.
--   source  Source of the play that gives way.
--   rule  Rule by which the two are the same; what it means is in match_rules.

with earlier_duplicates as (
    select play_id, canonical_play_id
    from int_unattributed_plays_absorbed
    union all
    select play_id, canonical_play_id
    from int_plays_matched_to_exports
    union all
    select play_id, canonical_play_id
    from int_plays_matched_to_api
    union all
    select play_id, canonical_play_id
    from int_plays_matched_submitted
    union all
    select play_id, canonical_play_id
    from int_plays_matched_listenbrainz
),

pairs_with_canonical as (
    select
        pairs.account_id,
        pairs.play_id,
        coalesce(earlier_duplicates.canonical_play_id, pairs.other_play_id) as canonical_play_id,
        pairs.source,
        pairs.source_clock,
        pairs.rule,
        pairs.first_round,
        pairs.distance_ms,
        pairs.cost_ms,
        pairs.other_rank,
        pairs.at_ms,
        pairs.other_at_ms,
        row_number() over (
            partition by
                pairs.play_id,
                coalesce(earlier_duplicates.canonical_play_id, pairs.other_play_id)
            order by
                pairs.first_round,
                pairs.cost_ms,
                -- Of reports that are equally near, the source that goes first gives the rule.
                pairs.other_rank,
                pairs.rule,
                pairs.other_play_id
        ) as choice
    from int_listen_pairs as pairs
    left join earlier_duplicates
        on pairs.other_play_id = earlier_duplicates.play_id
    where pairs.source = 'lastfm'
),

pairs_numbered as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        row_number() over (
            partition by account_id
            order by
                first_round,
                cost_ms,
                other_rank,
                other_at_ms,
                at_ms,
                canonical_play_id,
                play_id
        ) as pair_number
    from pairs_with_canonical
    where choice = 1
),

round_1 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        pair_number,
        case
            when pair_number = min(case when first_round <= 1 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 1 then pair_number end)
                    over (partition by canonical_play_id, source_clock) then 1
        end as round
    from pairs_numbered
),

after_round_1 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source_clock) as canonical_round
    from round_1
),

round_2 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 2 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 2 then pair_number end)
                    over (partition by canonical_play_id, source_clock) then 2
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
        source_clock,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source_clock) as canonical_round
    from round_2
),

round_3 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 3 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 3 then pair_number end)
                    over (partition by canonical_play_id, source_clock) then 3
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
        source_clock,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id, source_clock) as canonical_round
    from round_3
),

round_4 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source_clock,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 4 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 4 then pair_number end)
                    over (partition by canonical_play_id, source_clock) then 4
        end as round
    from after_round_3
    where round is not null
        or (play_round is null and canonical_round is null)
),

plays_matched as (
    select
        -- ids
        pairs.play_id,
        pairs.canonical_play_id,

        -- attributes
        pairs.source,
        pairs.source_clock,
        pairs.rule,

        -- numbers
        round_4.round,
        pairs.distance_ms
    from round_4
    inner join pairs_with_canonical as pairs
        on round_4.play_id = pairs.play_id
        and round_4.canonical_play_id = pairs.canonical_play_id
        and pairs.choice = 1
    where round_4.round is not null
)

select * from plays_matched
