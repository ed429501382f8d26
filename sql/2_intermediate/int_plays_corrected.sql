-- Real plays that a person's correction acts on: left out, or somebody else's.
--
-- A correction concerns the plays that fit all it names, also those that arrive later. A play may be
-- named by any of its reports, a track by its URI (or key) or its title, an artist by URI (or key) or
-- by any name: as a credit spells it on any track, as a person calls it, or an alias that masks it. All
-- tracks that credit the artist are meant, and whatever becomes of an artist (merged, split, a name that
-- turns out to be somebody), tracks whose own credit is named so stay meant. Of several corrections of
-- one play, leaving out goes before giving away, then the earlier line of the file.
--
-- grain: one row per real play that is corrected
-- kind:  incremental
-- key:   play_id
-- recompute: whole
-- reads: stg_tracker__play_corrections, stg_tracker__accounts, int_plays_merged,
--        int_play_ends_estimated, int_play_duplicates, int_tracks_described,
--        int_track_artists_identified, int_track_credits_chosen, int_artist_names_resolved,
--        int_artist_names_by_hand
-- tests: accepted action exclude, reassign
--        not_null correction_id, account_id
-- columns:
--   play_id  Key of the play.
--   account_id  Key of the account that reported the play.
--   to_account_id  Key of the account it belongs to now; empty where it is left out.
--   action  exclude where the play is left out of everything, reassign where it is somebody else's.

with corrections as (
    select
        corrections.correction_id,
        corrections.correction_number,
        corrections.action,
        corrections.account_id,
        coalesce(duplicates.canonical_play_id, corrections.play_id) as play_id,
        corrections.track,
        corrections.artist,
        corrections.context_uri,
        corrections.to_account_id,
        corrections.from_at,
        corrections.to_at
    from stg_tracker__play_corrections as corrections
    left join int_play_duplicates as duplicates
        on corrections.play_id = duplicates.play_id
),

-- Nobody's plays are looked at where nobody has a correction.
accounts_concerned as (
    select account_id
    from corrections
    where account_id is not null
    union
    select accounts.account_id
    from stg_tracker__accounts as accounts
    cross join corrections
    where corrections.account_id is null
),

plays as (
    select
        plays.play_id,
        plays.account_id,
        plays.track_id,
        plays.context_uri,
        coalesce(ends.ended_at, plays.ended_at) as ended_at
    from int_plays_merged as plays
    semi join accounts_concerned
        on plays.account_id = accounts_concerned.account_id
    left join int_play_ends_estimated as ends
        on plays.play_id = ends.play_id
),

tracks_meant as (
    select corrections.correction_id, tracks.track_id
    from int_tracks_described as tracks
    inner join corrections
        on tracks.track_id = corrections.track
    union
    select corrections.correction_id, tracks.track_id
    from int_tracks_described as tracks
    inner join corrections
        on tracks.title_key = lower(trim(corrections.track))
),

corrections_of_artists as (
    select
        correction_id,
        artist,
        lower(trim(artist)) as artist_key
    from corrections
    where artist is not null
),

-- What tracks themselves say: the credits, else the album artist.
credits as (
    select track_id, artist_uri, artist_key
    from int_track_credits_chosen
    union all
    select
        tracks.track_id,
        cast(null as string) as artist_uri,
        tracks.artist_key
    from int_tracks_described as tracks
    anti join int_track_credits_chosen
        on tracks.track_id = int_track_credits_chosen.track_id
    where tracks.artist_key is not null
),

-- Where nobody speaks of an artist by key, no name needs a hash.
keys_of_names as (
    select distinct
        artist_key,
        'name:' || md5('artist:' || artist_key) as artist_id
    from credits
    where artist_key is not null
        and exists (select 1 from corrections_of_artists where artist like 'name:%')
),

artists_meant as (
    select correction_id, artist as artist_id
    from corrections_of_artists
    union
    select corrections.correction_id, artists.artist_id
    from int_track_artists_identified as artists
    inner join corrections_of_artists as corrections
        on lower(trim(artists.artist_name)) = corrections.artist_key
    union
    select corrections.correction_id, names.artist_id
    from int_artist_names_resolved as names
    inner join corrections_of_artists as corrections
        on names.artist_key = corrections.artist_key
    union
    select corrections.correction_id, names.artist_id
    from int_artist_names_resolved as names
    inner join keys_of_names
        on names.artist_key = keys_of_names.artist_key
    inner join corrections_of_artists as corrections
        on keys_of_names.artist_id = corrections.artist
    union
    select corrections.correction_id, names.artist_id
    from int_artist_names_by_hand as names
    inner join corrections_of_artists as corrections
        on lower(trim(names.new_name)) = corrections.artist_key
    union
    select corrections.correction_id, names.artist_id
    from int_artist_names_by_hand as names
    inner join corrections_of_artists as corrections
        on lower(trim(names.mask_name)) = corrections.artist_key
),

tracks_of_artists_meant as (
    select artists_meant.correction_id, artists.track_id
    from int_track_artists_identified as artists
    inner join artists_meant
        on artists.artist_id = artists_meant.artist_id
    union
    select corrections.correction_id, credits.track_id
    from credits
    inner join corrections_of_artists as corrections
        on credits.artist_uri = corrections.artist
    union
    select corrections.correction_id, credits.track_id
    from credits
    inner join corrections_of_artists as corrections
        on credits.artist_key = corrections.artist_key
    union
    select corrections.correction_id, credits.track_id
    from credits
    inner join keys_of_names
        on credits.artist_key = keys_of_names.artist_key
    inner join corrections_of_artists as corrections
        on keys_of_names.artist_id = corrections.artist
),

-- By what each correction names most closely; the rest of it is looked at below.
candidates as (
    select plays.play_id, corrections.correction_id
    from plays
    inner join corrections
        on plays.play_id = corrections.play_id
    union
    select plays.play_id, tracks_meant.correction_id
    from plays
    inner join tracks_meant
        on plays.track_id = tracks_meant.track_id
    union
    select plays.play_id, tracks_of_artists_meant.correction_id
    from plays
    inner join tracks_of_artists_meant
        on plays.track_id = tracks_of_artists_meant.track_id
    union
    select plays.play_id, corrections.correction_id
    from plays
    inner join corrections
        on plays.context_uri = corrections.context_uri
    union
    select plays.play_id, corrections.correction_id
    from plays
    inner join corrections
        on plays.ended_at >= coalesce(corrections.from_at, timestamp '0001-01-01 00:00:00')
        and plays.ended_at < coalesce(corrections.to_at, timestamp '9999-12-31 00:00:00')
    where coalesce(
            corrections.play_id, corrections.track, corrections.artist, corrections.context_uri
        ) is null
        and (corrections.from_at is not null or corrections.to_at is not null)
),

plays_that_fit as (
    select
        plays.play_id,
        corrections.correction_id,
        corrections.action,
        plays.account_id,
        corrections.to_account_id,
        row_number() over (
            partition by plays.play_id
            order by corrections.action, corrections.correction_number, corrections.correction_id
        ) as choice
    from candidates
    inner join plays
        on candidates.play_id = plays.play_id
    inner join corrections
        on candidates.correction_id = corrections.correction_id
    left join tracks_meant
        on corrections.correction_id = tracks_meant.correction_id
        and plays.track_id = tracks_meant.track_id
    left join tracks_of_artists_meant as artists_meant
        on corrections.correction_id = artists_meant.correction_id
        and plays.track_id = artists_meant.track_id
    where (corrections.account_id is null or corrections.account_id = plays.account_id)
        and (corrections.play_id is null or corrections.play_id = plays.play_id)
        and (corrections.track is null or tracks_meant.track_id is not null)
        and (corrections.artist is null or artists_meant.track_id is not null)
        and (corrections.context_uri is null or corrections.context_uri = plays.context_uri)
        and (corrections.from_at is null or plays.ended_at >= corrections.from_at)
        and (corrections.to_at is null or plays.ended_at < corrections.to_at)
),

plays_corrected as (
    select
        -- ids
        play_id,
        correction_id,
        account_id,
        to_account_id,

        -- attributes
        action
    from plays_that_fit
    where choice = 1
)

select * from plays_corrected
