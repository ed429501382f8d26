-- Which artists do two accounts share, and how alike is their taste?
--
-- Of counted plays of music, over all time. Add up `overlap` of two accounts for how alike they are:
-- 0 with no artist in common, 1 with the same artists in the same shares. Rows of the same artist at
-- MusicBrainz are one. Each pair is there from both sides, so that a filter may name either first.
--
-- grain: one row per account, other account and artist that both have heard
-- kind:  table
-- key:   account_id, other_account_id, artist_group_id
-- reads: agg_artist_daily, dim_artist, dim_account
-- sort:  account_id, other_account_id, artist_group_id
-- tests: between overlap 0 1
--        expression account_id <> other_account_id
-- columns:
--   account_id  Key of the one account.
--   other_account_id  Key of the other account.
--   artist_group_id  Key that all rows of the artist share.
--   account_name  Name of the one account.
--   other_account_name  Name of the other account.
--   artist_name  Name of the artist; of several rows, the one that the first account hears most.
--   counted_plays  Counted plays by the one account.
--   other_counted_plays  Counted plays by the other account.
--   share_of_plays  The part that these plays are of all counted plays of known artists by the one account, 0 to 1.
--   other_share_of_plays  The same of the other account.
--   overlap  The smaller of the two shares.

with days as (
    select account_id, artist_id, counted_plays
    from agg_artist_daily
    where artist_id <> 'unknown'
        and counted_plays > 0
),

artists as (
    select artist_id, artist_group_id, artist_name
    from dim_artist
),

accounts as (
    select account_id, account_name
    from dim_account
),

artists_heard as (
    select
        account_id,
        artist_id,
        cast(sum(counted_plays) as bigint) as counted_plays
    from days
    group by account_id, artist_id
),

artists_ranked as (
    select
        artists_heard.account_id,
        artists.artist_group_id,
        artists.artist_name,
        artists_heard.counted_plays,
        row_number() over (
            partition by artists_heard.account_id, artists.artist_group_id
            order by artists_heard.counted_plays desc, artists.artist_name, artists_heard.artist_id
        ) as place
    from artists_heard
    inner join artists
        on artists_heard.artist_id = artists.artist_id
),

groups_heard as (
    select
        account_id,
        artist_group_id,
        max(case when place = 1 then artist_name end) as artist_name,
        cast(sum(counted_plays) as bigint) as counted_plays
    from artists_ranked
    group by account_id, artist_group_id
),

groups_with_share as (
    select
        groups_heard.*,
        1e0 * counted_plays / sum(counted_plays) over (partition by account_id) as share_of_plays
    from groups_heard
),

artists_shared as (
    select
        -- ids
        mine.account_id,
        theirs.account_id as other_account_id,
        mine.artist_group_id,

        -- attributes
        accounts.account_name,
        other_accounts.account_name as other_account_name,
        mine.artist_name,

        -- numbers
        mine.counted_plays,
        theirs.counted_plays as other_counted_plays,
        round(mine.share_of_plays, 9) as share_of_plays,
        round(theirs.share_of_plays, 9) as other_share_of_plays,
        round(least(mine.share_of_plays, theirs.share_of_plays), 9) as overlap
    from groups_with_share as mine
    inner join groups_with_share as theirs
        on mine.artist_group_id = theirs.artist_group_id
        and mine.account_id <> theirs.account_id
    inner join accounts
        on mine.account_id = accounts.account_id
    inner join accounts as other_accounts
        on theirs.account_id = other_accounts.account_id
)

select * from artists_shared
