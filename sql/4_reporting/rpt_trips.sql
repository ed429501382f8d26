-- Where was somebody abroad, while their time zone stayed at home?
--
-- Exports tell the country of the connection. Here are the stretches of two days and ten plays or more
-- in which it is not the country of the zone in force, and in which the clock would show another time.
-- `music-tracker travel` asks about each of them; what was accepted or dismissed is gone from here.
--
-- grain: one row per account and stretch in one country
-- kind:  table
-- key:   account_id, first_play_at
-- reads: int_plays_resolved, country_zones, stg_tracker__accounts, stg_tracker__trips_dismissed
-- sort:  account_name, account_id, first_play_at
-- tests: not_null zone, home_zone
--        expression first_play_at < last_play_at
-- columns:
--   account_id  Key of the account.
--   account_name  Name of the account; its key where it is no longer set up.
--   country  Country of the connection (ISO 3166-1, two letters).
--   country_name  The same in English.
--   zone  Zone of that country in which most people live (IANA name).
--   home_zone  Zone in force, which is of another country.
--   plays  Plays in this stretch.
--   first_play_at  End of the first play there (UTC).
--   last_play_at  End of the last play there (UTC).
--   next_play_at  End of the first play elsewhere after it (UTC); empty where none is known yet.

with plays as (
    select
        account_id,
        upper(conn_country) as country,
        zone,
        played_date,
        ended_at
    from int_plays_resolved
    where conn_country is not null
        and upper(conn_country) <> 'ZZ'
        and conn_country <> ''
),

zones as (
    select country, country_name, position, zone
    from country_zones
),

-- Days are few, plays are many.
days as (
    select
        account_id,
        country,
        zone,
        played_date,
        count(*) as plays,
        min(ended_at) as first_play_at,
        max(ended_at) as last_play_at
    from plays
    group by account_id, country, zone, played_date
),

days_after_another as (
    select
        days.*,
        case
            when country = lag(country) over (
                    partition by account_id
                    order by first_play_at, country, zone
                )
                and zone = lag(zone) over (
                    partition by account_id
                    order by first_play_at, country, zone
                ) then 0
            else 1
        end as is_elsewhere
    from days
),

days_numbered as (
    select
        days_after_another.*,
        sum(is_elsewhere) over (
            partition by account_id
            order by first_play_at, country, zone
            rows between unbounded preceding and current row
        ) as stretch
    from days_after_another
),

stretches as (
    select
        account_id,
        stretch,
        country,
        zone as home_zone,
        cast(sum(plays) as bigint) as plays,
        min(first_play_at) as first_play_at,
        max(last_play_at) as last_play_at
    from days_numbered
    group by account_id, stretch, country, zone
),

stretches_before_another as (
    select
        stretches.*,
        lead(first_play_at) over (partition by account_id order by stretch) as next_play_at
    from stretches
),

stretches_abroad as (
    select
        stretches.account_id,
        stretches.country,
        zones.country_name,
        zones.zone,
        stretches.home_zone,
        stretches.plays,
        stretches.first_play_at,
        stretches.last_play_at,
        stretches.next_play_at
    from stretches_before_another as stretches
    inner join zones
        on stretches.country = zones.country
        and zones.position = 1
    left join zones as home_zones
        on stretches.home_zone = home_zones.zone
        and stretches.country = home_zones.country
    where home_zones.zone is null
        and stretches.plays >= 10
        and unix_millis(stretches.last_play_at) - unix_millis(stretches.first_play_at) >= 172800000
),

-- Across many borders the clock does not change, and there is nothing to ask.
stretches_with_another_clock as (
    select *
    from stretches_abroad
    where from_utc_timestamp(first_play_at, zone) <> from_utc_timestamp(first_play_at, home_zone)
        or from_utc_timestamp(last_play_at, zone) <> from_utc_timestamp(last_play_at, home_zone)
),

accounts as (
    select account_id, account_name
    from stg_tracker__accounts
),

dismissed as (
    select account_id, country, first_play_at
    from stg_tracker__trips_dismissed
),

stretches_dismissed as (
    select stretches.account_id, stretches.first_play_at
    from stretches_with_another_clock as stretches
    inner join dismissed
        on stretches.account_id = dismissed.account_id
        and stretches.country = dismissed.country
        and dismissed.first_play_at >= stretches.first_play_at
        and dismissed.first_play_at <= stretches.last_play_at
    group by stretches.account_id, stretches.first_play_at
),

trips as (
    select
        stretches.account_id,
        coalesce(accounts.account_name, stretches.account_id) as account_name,
        stretches.country,
        stretches.country_name,
        stretches.zone,
        stretches.home_zone,
        stretches.plays,
        stretches.first_play_at,
        stretches.last_play_at,
        stretches.next_play_at
    from stretches_with_another_clock as stretches
    anti join stretches_dismissed
        on stretches.account_id = stretches_dismissed.account_id
        and stretches.first_play_at = stretches_dismissed.first_play_at
    left join accounts
        on stretches.account_id = accounts.account_id
)

select * from trips
