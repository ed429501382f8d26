-- Artists that a source credited for a play, in the order of the credit.
-- Exports name none; the others name them, the API of Spotify with URIs, ListenBrainz with MBIDs.
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
        artist_uri,
        artist_mbid
    from src_play_credits
),

renamed as (
    select
        -- ids
        observation_id,
        account_id,
        artist_uri,
        artist_mbid,

        -- attributes
        artist_name,

        -- numbers
        cast(position as int) as position
    from credits
)

select * from renamed
