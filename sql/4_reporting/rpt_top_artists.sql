-- Who was listened to most, in each year and in all?
--
-- grain: one row per account, period and artist
-- kind:  table
-- key:   account_id, period, artist_id
-- reads: fct_track_played, agg_daily, dim_artist, dim_account, dim_date
-- sort:  account_id, period, artist_rank
-- tests: between artist_rank 1 10000000
--        unique account_id, period, artist_rank
--        expression counted_plays <= plays
--        between share_of_plays 0 1
-- columns:
--   period  Calendar year as text, or all time.
--   year_num  Calendar year; empty for all time.
--   artist_rank  Place of the artist in the period, by counted plays, then by time, then by name.
--   plays  Plays of the artist's music, whether they count or not.
--   counted_plays  Plays that count by the account's rule.
--   tracks  Different tracks of the artist heard.
--   minutes_listened  Minutes heard, reported or estimated.
--   share_of_plays  The part that counted_plays are of all counted plays of music in the period, 0 to 1; those without a known artist are among the latter, so the shares may add up to less than 1.
--   first_played_date  Local day of the first play in the period.
--   last_played_date  Local day of the last play in the period.

with plays as (
    select
        account_id,
        artist_id,
        track_id,
        date_id,
        ms_listened,
        is_counted,
        played_date
    from fct_track_played
    where is_music
        and artist_id <> 'unknown'
),

days as (
    select account_id, date_id, counted_plays
    from agg_daily
),

dates as (
    select date_id, year_num, year_text
    from dim_date
),

accounts as (
    select account_id, account_name
    from dim_account
),

artists as (
    select artist_id, artist_name
    from dim_artist
),

artists_by_period as (
    select
        plays.account_id,
        plays.artist_id,
        coalesce(dates.year_text, 'all time') as period,
        max(dates.year_num) as year_num,
        count(*) as plays,
        count(*) filter (where plays.is_counted) as counted_plays,
        count(distinct plays.track_id) as tracks,
        coalesce(cast(sum(plays.ms_listened) as bigint), 0) as ms_listened,
        min(plays.played_date) as first_played_date,
        max(plays.played_date) as last_played_date
    from plays
    inner join dates
        on plays.date_id = dates.date_id
    group by grouping sets (
        (plays.account_id, plays.artist_id, dates.year_text),
        (plays.account_id, plays.artist_id)
    )
),

plays_by_period as (
    select
        days.account_id,
        coalesce(dates.year_text, 'all time') as period,
        cast(sum(days.counted_plays) as bigint) as counted_plays
    from days
    inner join dates
        on days.date_id = dates.date_id
    group by grouping sets (
        (days.account_id, dates.year_text),
        (days.account_id)
    )
),

artists_ranked as (
    select
        -- ids
        artists_by_period.account_id,
        artists_by_period.artist_id,

        -- attributes
        accounts.account_name,
        artists_by_period.period,
        case when artists_by_period.period <> 'all time' then artists_by_period.year_num end
            as year_num,
        artists.artist_name,

        -- numbers
        cast(
            row_number() over (
                partition by artists_by_period.account_id, artists_by_period.period
                order by
                    artists_by_period.counted_plays desc,
                    artists_by_period.ms_listened desc,
                    artists.artist_name,
                    artists_by_period.artist_id
            ) as int
        ) as artist_rank,
        artists_by_period.plays,
        artists_by_period.counted_plays,
        artists_by_period.tracks,
        round(artists_by_period.ms_listened / 6e4, 1) as minutes_listened,
        1e0 * artists_by_period.counted_plays / nullif(plays_by_period.counted_plays, 0)
            as share_of_plays,

        -- times
        artists_by_period.first_played_date,
        artists_by_period.last_played_date
    from artists_by_period
    inner join artists
        on artists_by_period.artist_id = artists.artist_id
    inner join accounts
        on artists_by_period.account_id = accounts.account_id
    inner join plays_by_period
        on artists_by_period.account_id = plays_by_period.account_id
        and artists_by_period.period = plays_by_period.period
)

select * from artists_ranked
