-- Listens and plays of sources that go before theirs, which may be the same.
--
-- A listen is compared with every report, also with those that another report already stands for:
-- the API play behind an export play knows the ISRC, the export play the time that was heard, a
-- submitted listen the MBID. What the report of a pair is worth is decided by the rules in
-- match_rules; of the artists, any credit and the album artist of either side will do, as will a
-- whole credit that begins with the other's name (`Host feat. Guest`).
-- A listen that began when the other play was over is another play, however near it was. No program
-- tells what was skipped at once, so such a play of an export waits a round for its listen: the same
-- song that was heard a second later goes first. So does a play that was still going on when the program
-- told the next listen, unless both began at the same time.
-- A listen without an end of its own ended when the same program told the next one, at the latest:
-- compared with the end of a play it lies within, that tells a skipped play of a long track.
-- Where no listen begins at that end, its neighbours tell: both sources tell the same play before it,
-- and it began when that one ended (the clock `previous_end`), or both tell the same one after it, too
-- (`between`). The program told nothing else until the end that is compared. So it is for long tracks
-- of the API, which does not say what was skipped, and for plays of an export behind a silence, which
-- may have been a pause: an export says how long was heard, and not when it began.
-- Of several plays that a listen may be, it is the nearest; but where the start was worked out from the
-- whole length, a skip is likelier than a pause, and what would take a pause is farther away (`cost_ms`).
-- Where neither tells, a listen that began within such a play, and behind which the program told nothing
-- else before its end, is what was heard of it (`heard`).
--
-- grain: one row per listen and report that may be of the same play
-- kind:  incremental
-- key:   play_id, other_play_id
-- recompute: whole
-- reads: int_listens, int_play_observations_chosen, int_tracks_described, int_track_credits_chosen,
--        stg_tracker__credits, int_match_rules_in_force
-- tests: not_null account_id, source, source_clock, rule, first_round, distance_ms, cost_ms
-- columns:
--   account_id  Key of the account that listened.
--   play_id  Key of the listen.
--   other_play_id  Key of the other report.
--   source  Source of the listen: submitted, listenbrainz or lastfm.
--   source_clock  Which end of the play the listen tells: start or end.
--   rule  Rule by which the two may be the same; what it means is in match_rules.
--   first_round  Round from which the pair is looked at: that of its rule, or one later where the other play was skipped at once or still going on; 4 at most.
--   distance_ms  How far apart the moments are that the rule compares, in milliseconds.
--   cost_ms  The same with what would take a pause counted five times, in milliseconds: of several, the least is taken.
--   other_rank  Place of the other report's source, the one that goes first having 1.
--   at_ms  Moment of the listen that is compared, in milliseconds since 1970 (UTC).
--   other_at_ms  Moment of the other report that is compared, in milliseconds since 1970 (UTC).

with rules as (
    select
        rule,
        source,
        source_clock,
        client,
        ';' || except_clients || ';' as except_clients,
        canonical_source,
        canonical_clock,
        recording,
        clock,
        case recording
            when 'uri' then 1
            when 'isrc' then 2
            when 'mbid' then 3
            when 'names' then 4
            else 5
        end as recording_rank,
        tolerance_ms,
        tolerance_late_ms,
        first_round
    from int_match_rules_in_force
    where source in ('submitted', 'listenbrainz', 'lastfm')
),

-- The minute of account data reaches a minute further than any tolerance.
bounds as (
    select greatest(max(tolerance_ms), max(tolerance_late_ms)) + 60000 as reach_ms
    from rules
),

listens as (
    select
        observation_id,
        client,
        clock,
        lower(recording_mbid) as recording_mbid
    from int_listens
),

listen_plays as (
    select
        observations.observation_id,
        observations.play_id,
        observations.account_id,
        observations.track_id,
        observations.source,
        observations.known_by,
        observations.title_key,
        observations.artist_key,
        observations.ms_played,
        observations.started_at,
        case
            when listens.clock = 'end' then observations.ended_at
            else lead(observations.started_at) over (
                partition by observations.account_id, observations.source, listens.clock, listens.client
                order by observations.started_at, observations.observation_id
            )
        end as ended_at,
        lag(observations.title_key) over (
            partition by observations.account_id, observations.source, listens.clock, listens.client
            order by observations.started_at, observations.observation_id
        ) as previous_title_key,
        lead(observations.title_key) over (
            partition by observations.account_id, observations.source, listens.clock, listens.client
            order by observations.started_at, observations.observation_id
        ) as next_title_key,
        listens.client,
        listens.clock as source_clock,
        listens.recording_mbid
    from int_play_observations_chosen as observations
    inner join listens
        on observations.observation_id = listens.observation_id
    where observations.source in ('submitted', 'listenbrainz', 'lastfm')
),

listeners as (
    select account_id
    from listen_plays
    group by account_id
),

-- What Spotify told by its ends, here or to ListenBrainz, with what came before and after.
told_by_end as (
    select
        observations.observation_id,
        observations.play_id,
        observations.account_id,
        observations.source,
        observations.title_key,
        unix_millis(observations.started_at) as started_ms,
        unix_millis(observations.ended_at) as ended_ms,
        lag(unix_millis(observations.ended_at)) over (
            partition by observations.account_id, observations.source
            order by observations.ended_at, observations.observation_id
        ) as previous_ended_ms,
        lag(observations.title_key) over (
            partition by observations.account_id, observations.source
            order by observations.ended_at, observations.observation_id
        ) as previous_title_key,
        lead(observations.title_key) over (
            partition by observations.account_id, observations.source
            order by observations.ended_at, observations.observation_id
        ) as next_title_key
    from int_play_observations_chosen as observations
    semi join listeners
        on observations.account_id = listeners.account_id
    left join listens
        on observations.observation_id = listens.observation_id
    where observations.source in ('spotify_api', 'spotify_export')
        or (observations.source = 'listenbrainz' and listens.clock = 'end')
),

-- Of others the starts tell enough.
unsure_plays as (
    select *
    from told_by_end
    where case
            when source = 'spotify_export' then started_ms - previous_ended_ms > 120000
            else ended_ms - started_ms > 600000
        end
),

unsure_titles as (
    select account_id, title_key
    from unsure_plays
    where title_key is not null
    group by account_id, title_key
),

clocks as (
    select
        clock,
        source_clock,
        source
    from rules
    group by clock, source_clock, source
),

-- The moment of each listen that is compared, by each clock that a rule has for it.
listens_by_clock as (
    select
        listen_plays.*,
        clocks.clock,
        unix_millis(
            case
                when clocks.clock in ('start', 'previous_end', 'heard') then listen_plays.started_at
                else listen_plays.ended_at
            end
        ) as at_ms
    from listen_plays
    inner join clocks
        on listen_plays.source = clocks.source
        and listen_plays.source_clock = clocks.source_clock
    left join unsure_titles
        on listen_plays.account_id = unsure_titles.account_id
        and listen_plays.title_key = unsure_titles.title_key
    where clocks.clock in ('start', 'end')
        or unsure_titles.title_key is not null
),

-- Time is cut into stretches twice as long as the reach, so that a listen has to look into two at most.
listens_by_stretch as (
    select
        listens_by_clock.*,
        bounds.reach_ms,
        cast(floor((listens_by_clock.at_ms - bounds.reach_ms) / (2 * bounds.reach_ms)) as bigint) + side.i as stretch
    from listens_by_clock
    cross join bounds
    cross join range(0, 2) as side(i)
),

stretches as (
    select account_id, clock, stretch
    from listens_by_stretch
    group by account_id, clock, stretch
),

reports_by_clock as (
    select
        observations.observation_id,
        observations.play_id,
        'start' as clock,
        unix_millis(observations.started_at) as at_ms,
        observations.account_id
    from int_play_observations_chosen as observations
    where observations.source <> 'lastfm'
        and observations.started_at is not null
    union all
    select
        observations.observation_id,
        observations.play_id,
        'end' as clock,
        unix_millis(observations.ended_at) as at_ms,
        observations.account_id
    from int_play_observations_chosen as observations
    where observations.source = 'spotify_account_data'
    union all
    select
        observation_id,
        play_id,
        'end' as clock,
        ended_ms as at_ms,
        account_id
    from told_by_end
    union all
    select
        observation_id,
        play_id,
        'previous_end' as clock,
        previous_ended_ms as at_ms,
        account_id
    from unsure_plays
    union all
    select
        observation_id,
        play_id,
        'between' as clock,
        ended_ms as at_ms,
        account_id
    from unsure_plays
    union all
    select
        observation_id,
        play_id,
        'heard' as clock,
        ended_ms as at_ms,
        account_id
    from unsure_plays
    where source <> 'spotify_export'
),

-- Only what lies near a listen is of interest.
reports_near as (
    select
        reports_by_clock.observation_id,
        reports_by_clock.account_id,
        reports_by_clock.clock,
        reports_by_clock.at_ms,
        cast(floor(reports_by_clock.at_ms / (2 * bounds.reach_ms)) as bigint) as stretch
    from reports_by_clock
    cross join bounds
    semi join stretches
        on reports_by_clock.account_id = stretches.account_id
        and reports_by_clock.clock = stretches.clock
        and cast(floor(reports_by_clock.at_ms / (2 * bounds.reach_ms)) as bigint) = stretches.stretch
),

reports as (
    select
        reports_near.account_id,
        reports_near.clock,
        reports_near.at_ms,
        reports_near.stretch,
        observations.observation_id,
        observations.play_id,
        observations.track_id,
        observations.source,
        observations.known_by,
        observations.title_key,
        observations.artist_key,
        unix_millis(observations.started_at) as started_ms,
        unix_millis(observations.ended_at) as ended_ms,
        -- Where account data tells a minute, any moment of it may be meant.
        case when observations.source = 'spotify_account_data' then 60000 else 0 end as blur_ms,
        coalesce(listens.clock, 'end') as source_clock,
        listens.recording_mbid,
        unsure_plays.previous_ended_ms,
        unsure_plays.previous_title_key,
        unsure_plays.next_title_key
    from reports_near
    inner join int_play_observations_chosen as observations
        on reports_near.observation_id = observations.observation_id
    left join listens
        on reports_near.observation_id = listens.observation_id
    left join unsure_plays
        on reports_near.observation_id = unsure_plays.observation_id
),

track_isrcs as (
    select track_id, isrc
    from int_tracks_described
    where isrc is not null
),

pairs_in_time as (
    select
        listens_by_stretch.account_id,
        listens_by_stretch.play_id,
        listens_by_stretch.observation_id,
        listens_by_stretch.track_id,
        listens_by_stretch.source,
        listens_by_stretch.source_clock,
        listens_by_stretch.client,
        listens_by_stretch.clock,
        listens_by_stretch.artist_key,
        listens_by_stretch.at_ms,
        reports.play_id as other_play_id,
        reports.observation_id as other_observation_id,
        reports.track_id as other_track_id,
        reports.source as other_source,
        reports.source_clock as other_clock,
        reports.artist_key as other_artist_key,
        reports.at_ms as other_at_ms,
        reports.ended_ms + reports.blur_ms as other_ended_ms,
        reports.source = 'spotify_export'
            and reports.ended_ms - reports.started_ms < 30000
            and coalesce(listens_by_stretch.ms_played, 30000) >= 30000 as is_other_skipped,
        coalesce(
            listens_by_stretch.source_clock = 'start'
            and reports.blur_ms = 0
            and abs(listens_by_stretch.at_ms - reports.at_ms) > 10000
            and unix_millis(listens_by_stretch.ended_at) + 10000 < reports.ended_ms,
            false
        ) as is_other_going_on,
        greatest(reports.at_ms - listens_by_stretch.at_ms, 0) as early_ms,
        greatest(listens_by_stretch.at_ms - reports.at_ms - reports.blur_ms, 0) as late_ms,
        listens_by_stretch.known_by = 'uri'
            and listens_by_stretch.track_id = reports.track_id as is_same_uri,
        coalesce(listens_by_stretch.recording_mbid = reports.recording_mbid, false) as is_same_mbid,
        coalesce(listens_by_stretch.title_key = reports.title_key, false) as is_same_title,
        reports.known_by = 'nothing' as is_other_unattributed
    from listens_by_stretch
    inner join reports
        on listens_by_stretch.account_id = reports.account_id
        and listens_by_stretch.clock = reports.clock
        and listens_by_stretch.stretch = reports.stretch
    where listens_by_stretch.source <> reports.source
        and abs(listens_by_stretch.at_ms - reports.at_ms) <= listens_by_stretch.reach_ms
        -- A start that is compared by an end lies within the other play, but for two minutes of pauses; an
        -- export knows how long it was silent before.
        and (
            listens_by_stretch.clock = listens_by_stretch.source_clock
            or (
                unix_millis(listens_by_stretch.started_at) < reports.ended_ms
                and (
                    unix_millis(listens_by_stretch.started_at) >= reports.started_ms - 120000
                    or (
                        reports.source = 'spotify_export'
                        and unix_millis(listens_by_stretch.started_at) >= reports.previous_ended_ms - 10000
                    )
                )
            )
        )
        and (
            listens_by_stretch.clock in ('start', 'end')
            or (
                coalesce(unix_millis(listens_by_stretch.ended_at) >= reports.ended_ms - 10000, true)
                and (
                    listens_by_stretch.clock = 'heard'
                    or (
                        listens_by_stretch.previous_title_key = reports.previous_title_key
                        and unix_millis(listens_by_stretch.started_at) >= reports.previous_ended_ms - 10000
                        and (
                            listens_by_stretch.clock = 'previous_end'
                            or listens_by_stretch.next_title_key = reports.next_title_key
                        )
                    )
                )
            )
        )
),

pairs_with_isrc as (
    select
        pairs_in_time.*,
        coalesce(isrcs.isrc = other_isrcs.isrc, false) as is_same_isrc
    from pairs_in_time
    left join track_isrcs as isrcs
        on pairs_in_time.track_id = isrcs.track_id
    left join track_isrcs as other_isrcs
        on pairs_in_time.other_track_id = other_isrcs.track_id
),

pairs_of_one_title as (
    select
        play_id,
        observation_id,
        track_id,
        artist_key,
        other_play_id,
        other_observation_id,
        other_track_id,
        other_artist_key
    from pairs_in_time
    where is_same_title
),

artist_names as (
    select observation_id, artist_key
    from pairs_of_one_title
    where artist_key is not null
    union
    select other_observation_id as observation_id, other_artist_key as artist_key
    from pairs_of_one_title
    where other_artist_key is not null
    union
    select
        credits.observation_id,
        lower(trim(credits.artist_name)) as artist_key
    from stg_tracker__credits as credits
    semi join (
        select observation_id from pairs_of_one_title
        union
        select other_observation_id as observation_id from pairs_of_one_title
    ) as paired
        on credits.observation_id = paired.observation_id
    union
    -- A mapping may spell an artist in another way than the program that told the listen.
    select
        listens.observation_id,
        lower(trim(listens.album_artist_name)) as artist_key
    from int_listens as listens
    semi join (
        select observation_id from pairs_of_one_title
        union
        select other_observation_id as observation_id from pairs_of_one_title
    ) as paired
        on listens.observation_id = paired.observation_id
    where nullif(trim(listens.album_artist_name), '') is not null
    union
    select
        pairs_of_one_title.other_observation_id as observation_id,
        credits.artist_key
    from pairs_of_one_title
    inner join int_track_credits_chosen as credits
        on pairs_of_one_title.other_track_id = credits.track_id
    where credits.artist_key is not null
),

pairs_of_one_artist as (
    select
        pairs_of_one_title.play_id,
        pairs_of_one_title.other_play_id
    from pairs_of_one_title
    inner join artist_names
        on pairs_of_one_title.observation_id = artist_names.observation_id
    inner join artist_names as other_names
        on pairs_of_one_title.other_observation_id = other_names.observation_id
    where artist_names.artist_key = other_names.artist_key
        or startswith(artist_names.artist_key, other_names.artist_key || ' ')
        or startswith(artist_names.artist_key, other_names.artist_key || ',')
        or startswith(other_names.artist_key, artist_names.artist_key || ' ')
        or startswith(other_names.artist_key, artist_names.artist_key || ',')
    group by pairs_of_one_title.play_id, pairs_of_one_title.other_play_id
),

pairs_judged as (
    select
        pairs_with_isrc.*,
        pairs_of_one_artist.play_id is not null as is_same_names
    from pairs_with_isrc
    left join pairs_of_one_artist
        on pairs_with_isrc.play_id = pairs_of_one_artist.play_id
        and pairs_with_isrc.other_play_id = pairs_of_one_artist.other_play_id
    where pairs_with_isrc.is_same_uri
        or pairs_with_isrc.is_same_isrc
        or pairs_with_isrc.is_same_mbid
        or pairs_of_one_artist.play_id is not null
        or pairs_with_isrc.is_other_unattributed
),

pairs_with_rule as (
    select
        pairs_judged.account_id,
        pairs_judged.play_id,
        pairs_judged.other_play_id,
        pairs_judged.source,
        pairs_judged.source_clock,
        rules.rule,
        least(
            rules.first_round + case when pairs_judged.is_other_skipped or pairs_judged.is_other_going_on then 1 else 0 end,
            4
        ) as first_round,
        pairs_judged.early_ms + pairs_judged.late_ms as distance_ms,
        case
            when rules.clock = 'start' and rules.tolerance_late_ms >= 5 * rules.tolerance_ms
                then 5 * pairs_judged.early_ms + pairs_judged.late_ms
            when rules.clock = 'start' and rules.tolerance_ms >= 5 * rules.tolerance_late_ms
                then pairs_judged.early_ms + 5 * pairs_judged.late_ms
            else pairs_judged.early_ms + pairs_judged.late_ms
        end as cost_ms,
        case pairs_judged.other_source
            when 'spotify_export' then 1
            when 'spotify_api' then 2
            when 'spotify_account_data' then 3
            when 'submitted' then 4
            else 5
        end as other_rank,
        pairs_judged.at_ms,
        pairs_judged.other_at_ms,
        row_number() over (
            partition by pairs_judged.play_id, pairs_judged.other_play_id
            order by
                rules.first_round,
                rules.recording_rank,
                pairs_judged.early_ms + pairs_judged.late_ms,
                rules.rule
        ) as choice
    from pairs_judged
    inner join rules
        on pairs_judged.source = rules.source
        and pairs_judged.source_clock = rules.source_clock
        and pairs_judged.other_source = rules.canonical_source
        and pairs_judged.other_clock = rules.canonical_clock
        and pairs_judged.clock = rules.clock
    where pairs_judged.early_ms <= rules.tolerance_ms
        and pairs_judged.late_ms <= rules.tolerance_late_ms
        and (rules.client is null or pairs_judged.client = rules.client)
        and (
            rules.except_clients is null
            or pairs_judged.client is null
            or instr(rules.except_clients, ';' || pairs_judged.client || ';') = 0
        )
        and case rules.recording
            when 'uri' then pairs_judged.is_same_uri
            when 'isrc' then pairs_judged.is_same_isrc
            when 'mbid' then pairs_judged.is_same_mbid
            when 'names' then pairs_judged.is_same_names
            else pairs_judged.is_other_unattributed
        end
        -- Five seconds for clocks that do not quite agree, ten that a listen has to last.
        and (
            pairs_judged.clock in ('end', 'between')
            or pairs_judged.late_ms <= 5000
            or pairs_judged.other_ended_ms is null
            or pairs_judged.at_ms + 10000 <= pairs_judged.other_ended_ms
        )
),

pairs_ruled as (
    select
        -- ids
        account_id,
        play_id,
        other_play_id,

        -- attributes
        source,
        source_clock,
        rule,

        -- numbers
        first_round,
        distance_ms,
        cost_ms,
        other_rank,
        at_ms,
        other_at_ms
    from pairs_with_rule
    where choice = 1
)

select * from pairs_ruled
