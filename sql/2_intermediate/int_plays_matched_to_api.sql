-- Which account-data plays the API already tells about, where no export does.
--
-- Same title, the artist among the credits, and the API's end within the minute of the account
-- data or near its edges. Rounds and order as in int_plays_matched_to_exports; of several plays in
-- one minute the longest is taken. A row without names is matched last, with what the API has left
-- in its minute, and only if it was heard for the 30 seconds that the API asks for.
--
-- grain: one row per account-data play that is the same as an API play
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: int_play_observations_chosen, int_plays_matched_to_exports, stg_tracker__credits,
--        int_match_rules_in_force
-- tests: unique canonical_play_id
-- columns:
--   play_id  Key of the play that gives way.
--   source  Source of the play that gives way.

with bounds as (
    select
        max(tolerance_ms) filter (where rule in ('account_data_api_strict', 'account_data_api'))
            as wide_ms,
        max(tolerance_ms) filter (where rule = 'account_data_api_strict') as strict_ms,
        max(first_round) filter (where rule = 'account_data_api_strict') as strict_round,
        max(first_round) filter (where rule = 'account_data_api') as wide_round,
        max(tolerance_ms) filter (where rule = 'account_data_api_unattributed') as nameless_ms,
        max(first_round) filter (where rule = 'account_data_api_unattributed') as nameless_round,
        -- From the middle of the minute to the farthest end that still counts.
        max(tolerance_ms) + 30000 as reach_ms
    from int_match_rules_in_force
    where source = 'spotify_account_data'
        and canonical_source = 'spotify_api'
),

api_plays_by_stretch as (
    select
        observations.observation_id,
        observations.play_id,
        observations.account_id,
        observations.title_key,
        observations.artist_key,
        unix_millis(observations.ended_at) as ended_ms,
        cast(floor(unix_millis(observations.ended_at) / (2 * bounds.reach_ms)) as bigint) as stretch
    from int_play_observations_chosen as observations
    anti join int_plays_matched_to_exports as matched
        on observations.play_id = matched.play_id
    cross join bounds
    where observations.source = 'spotify_api'
        and observations.title_key is not null
),

account_data_plays_by_stretch as (
    select
        observations.play_id,
        observations.account_id,
        observations.title_key,
        observations.artist_key,
        observations.ms_played,
        unix_millis(observations.ended_at) as ended_ms,
        cast(
            floor(
                (unix_millis(observations.ended_at) + 30000 - bounds.reach_ms) / (2 * bounds.reach_ms)
            ) as bigint
        ) + side.i as stretch
    from int_play_observations_chosen as observations
    anti join int_plays_matched_to_exports as matched
        on observations.play_id = matched.play_id
    cross join bounds
    cross join range(0, 2) as side(i)
    where observations.source = 'spotify_account_data'
        and (observations.title_key is not null or observations.ms_played >= 30000)
),

pairs_in_time as (
    select
        api_plays_by_stretch.observation_id,
        account_data_plays_by_stretch.account_id,
        account_data_plays_by_stretch.play_id,
        api_plays_by_stretch.play_id as canonical_play_id,
        account_data_plays_by_stretch.title_key is null as is_nameless,
        account_data_plays_by_stretch.artist_key,
        api_plays_by_stretch.artist_key as canonical_artist_key,
        account_data_plays_by_stretch.ms_played,
        api_plays_by_stretch.ended_ms as canonical_ended_ms,
        greatest(
            account_data_plays_by_stretch.ended_ms - api_plays_by_stretch.ended_ms,
            api_plays_by_stretch.ended_ms - account_data_plays_by_stretch.ended_ms - 60000,
            0
        ) as distance_ms
    from account_data_plays_by_stretch
    inner join api_plays_by_stretch
        on account_data_plays_by_stretch.account_id = api_plays_by_stretch.account_id
        and account_data_plays_by_stretch.stretch = api_plays_by_stretch.stretch
    where account_data_plays_by_stretch.title_key = api_plays_by_stretch.title_key
        or account_data_plays_by_stretch.title_key is null
),

credited_names as (
    select
        credits.observation_id,
        lower(trim(credits.artist_name)) as artist_key
    from stg_tracker__credits as credits
    semi join pairs_in_time
        on credits.observation_id = pairs_in_time.observation_id
    group by credits.observation_id, lower(trim(credits.artist_name))
),

pairs as (
    select
        pairs_in_time.account_id,
        pairs_in_time.play_id,
        pairs_in_time.canonical_play_id,
        'spotify_account_data' as source,
        case
            when pairs_in_time.is_nameless then 'account_data_api_unattributed'
            when pairs_in_time.distance_ms <= bounds.strict_ms then 'account_data_api_strict'
            else 'account_data_api'
        end as rule,
        case
            when pairs_in_time.is_nameless then bounds.nameless_round
            when pairs_in_time.distance_ms <= bounds.strict_ms then bounds.strict_round
            else bounds.wide_round
        end as first_round,
        pairs_in_time.distance_ms,
        pairs_in_time.ms_played,
        pairs_in_time.canonical_ended_ms
    from pairs_in_time
    cross join bounds
    left join credited_names
        on pairs_in_time.observation_id = credited_names.observation_id
        and pairs_in_time.artist_key = credited_names.artist_key
    where (
            pairs_in_time.is_nameless
            and pairs_in_time.distance_ms <= bounds.nameless_ms
        )
        or (
            not pairs_in_time.is_nameless
            and pairs_in_time.distance_ms <= bounds.wide_ms
            and (
                pairs_in_time.artist_key = pairs_in_time.canonical_artist_key
                or credited_names.artist_key is not null
            )
        )
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
                cast(ms_played < 30000 as int),
                distance_ms,
                ms_played desc,
                canonical_ended_ms,
                canonical_play_id,
                play_id
        ) as pair_number
    from pairs
),

round_6 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when pair_number = min(case when first_round <= 6 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 6 then pair_number end)
                    over (partition by canonical_play_id) then 6
        end as round
    from pairs_numbered
),

after_round_6 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id) as canonical_round
    from round_6
),

round_7 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 7 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 7 then pair_number end)
                    over (partition by canonical_play_id) then 7
        end as round
    from after_round_6
    where round is not null
        or (play_round is null and canonical_round is null)
),

after_round_7 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id) as canonical_round
    from round_7
),

round_8 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 8 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 8 then pair_number end)
                    over (partition by canonical_play_id) then 8
        end as round
    from after_round_7
    where round is not null
        or (play_round is null and canonical_round is null)
),

after_round_8 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        round,
        max(round) over (partition by play_id) as play_round,
        max(round) over (partition by canonical_play_id) as canonical_round
    from round_8
),

round_9 as (
    select
        account_id,
        play_id,
        canonical_play_id,
        source,
        first_round,
        pair_number,
        case
            when round is not null then round
            when pair_number = min(case when first_round <= 9 then pair_number end)
                    over (partition by play_id)
                and pair_number = min(case when first_round <= 9 then pair_number end)
                    over (partition by canonical_play_id) then 9
        end as round
    from after_round_8
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
        pairs.rule,

        -- numbers
        round_9.round,
        pairs.distance_ms
    from round_9
    inner join pairs
        on round_9.play_id = pairs.play_id
        and round_9.canonical_play_id = pairs.canonical_play_id
    where round_9.round is not null
)

select * from plays_matched
