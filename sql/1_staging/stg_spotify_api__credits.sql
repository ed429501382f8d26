-- Artists of the tracks that the Spotify API reported, in the order of the credit.
--
-- grain: one row per observation and credited artist
-- kind:  view
-- key:   observation_id, position
-- reads: src_play_credits
-- tests: not_null account_id, artist_name
--        between position 1 1000

with credits as (
    select
        observation_id,
        account_id,
        position,
        artist_name,
        artist_uri
    from src_play_credits
),

renamed as (
    select
        -- ids
        observation_id,
        account_id,
        artist_uri,

        -- attributes
        artist_name,

        -- numbers
        cast(position as int) as position
    from credits
)

select * from renamed
