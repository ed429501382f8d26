-- Which podcasts and audiobooks were heard, year by year?
--
-- Apart from music, which no measure here has.
--
-- grain: one row per account, year, kind and show or audiobook
-- kind:  table
-- key:   account_id, year_num, kind, album_id
-- reads: fct_track_played, dim_album, dim_account
-- sort:  account_id, year_num, kind, album_id
-- tests: accepted kind episode, audiobook
--        expression finished_plays <= plays and parts <= plays
-- columns:
--   album_id  Key of the show or audiobook; unknown where no source names it.
--   year_num  Calendar year, in local time.
--   kind  episode for podcasts, audiobook for audiobooks.
--   show_name  Name of the show or audiobook.
--   parts  Different episodes or chapters heard.
--   plays  Plays of them, however short.
--   finished_plays  Plays that ran to the end.
--   minutes_listened  Minutes heard, reported or estimated.
--   first_played_date  Local day of the first play in the year.
--   last_played_date  Local day of the last play in the year.

with plays as (
    select
        account_id,
        album_id,
        track_id,
        cast(floor(date_id / 10000) as int) as year_num,
        kind,
        ms_listened,
        is_finished,
        played_date
    from fct_track_played
    where not is_music
        and date_id <> -1
),

shows as (
    select album_id, album_name
    from dim_album
),

accounts as (
    select account_id, account_name
    from dim_account
),

shows_by_year as (
    select
        account_id,
        album_id,
        year_num,
        kind,
        count(distinct track_id) as parts,
        count(*) as plays,
        count(*) filter (where is_finished) as finished_plays,
        coalesce(cast(sum(ms_listened) as bigint), 0) as ms_listened,
        min(played_date) as first_played_date,
        max(played_date) as last_played_date
    from plays
    group by account_id, album_id, year_num, kind
),

shows_described as (
    select
        -- ids
        shows_by_year.account_id,
        shows_by_year.album_id,

        -- attributes
        accounts.account_name,
        shows_by_year.year_num,
        shows_by_year.kind,
        shows.album_name as show_name,

        -- numbers
        shows_by_year.parts,
        shows_by_year.plays,
        shows_by_year.finished_plays,
        round(shows_by_year.ms_listened / 6e4, 1) as minutes_listened,

        -- times
        shows_by_year.first_played_date,
        shows_by_year.last_played_date
    from shows_by_year
    inner join shows
        on shows_by_year.album_id = shows.album_id
    inner join accounts
        on shows_by_year.account_id = accounts.account_id
)

select * from shows_described
