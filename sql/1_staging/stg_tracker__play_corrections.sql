-- What people said about plays: which ones to leave out, which ones are somebody else's.
--
-- A correction concerns the plays that fit all it names; what it does not name is null.
--
-- grain: one row per correction
-- kind:  view
-- key:   correction_id
-- reads: src_play_corrections
-- tests: not_null correction_number
--        accepted action exclude, reassign
--        expression (action = 'reassign') = (to_account_id is not null)
--        expression coalesce(play_id, track, artist, context_uri) is not null or from_at is not null or to_at is not null or account_id is not null

with corrections as (
    select
        correction_id,
        correction_number,
        action,
        account_id,
        play_id,
        track,
        artist,
        context_uri,
        to_account_id,
        reason,
        from_at,
        to_at
    from src_play_corrections
),

renamed as (
    select
        -- ids
        correction_id,
        account_id,
        play_id,
        to_account_id,

        -- attributes
        action,
        track,
        artist,
        context_uri,
        reason,

        -- numbers
        cast(correction_number as bigint) as correction_number,

        -- times
        from_at,
        to_at
    from corrections
)

select * from renamed
