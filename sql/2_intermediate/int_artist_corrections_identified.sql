-- Corrections of artists, with the artists they are about.
--
-- A correction names an artist by URI, by key or by name. A name, also in the form of a key, means
-- what it means everywhere, so that a correction of an artist known by name holds for the artist
-- of Spotify it turns out to be. Where two of one kind turn out to be about one artist, the earlier
-- line counts.
--
-- grain: one row per correction and value
-- kind:  table
-- key:   correction_id, part
-- reads: stg_tracker__artist_corrections, int_artist_names_resolved
-- tests: not_null artist_id
-- columns:
--   artist_id  Key of the artist that the correction is about.
--   other_artist_id  Key of the artist that it is merged or split into; empty for other actions.
--   other_artist_name  Name of that artist; empty where only its key is known.

with corrections as (
    select
        correction_id,
        part,
        action,
        artist,
        value,
        correction_number
    from stg_tracker__artist_corrections
),

names as (
    select artist_key, artist_id, artist_name
    from int_artist_names_resolved
),

-- Without a correction, no name needs a hash.
names_by_text as (
    select artist_key as text_key, artist_id, artist_name
    from names
    union all
    select 'name:' || md5('artist:' || names.artist_key) as text_key, names.artist_id, names.artist_name
    from names
    where exists (select 1 from corrections)
),

corrections_identified as (
    select
        corrections.correction_id,
        case
            when artists.artist_id is not null
                then artists.artist_id
            when corrections.artist like 'spotify:artist:%' or corrections.artist like 'name:%'
                then corrections.artist
            else 'name:' || md5('artist:' || lower(trim(corrections.artist)))
        end as artist_id,
        case
            when corrections.action not in ('merge', 'split')
                then cast(null as string)
            when others.artist_id is not null
                then others.artist_id
            when corrections.value like 'spotify:artist:%' or corrections.value like 'name:%'
                then corrections.value
            else 'name:' || md5('artist:' || lower(trim(corrections.value)))
        end as other_artist_id,
        corrections.action,
        corrections.value,
        case
            when others.artist_name is not null
                then others.artist_name
            when corrections.value not like 'spotify:artist:%' and corrections.value not like 'name:%'
                then trim(corrections.value)
        end as other_artist_name,
        corrections.part,
        corrections.correction_number
    from corrections
    left join names_by_text as artists
        on lower(trim(corrections.artist)) = artists.text_key
    left join names_by_text as others
        on corrections.action in ('merge', 'split')
        and lower(trim(corrections.value)) = others.text_key
),

corrections_ranked as (
    select
        corrections_identified.*,
        min(correction_number) over (partition by action, artist_id) as first_number
    from corrections_identified
),

corrections_in_force as (
    select
        -- ids
        correction_id,
        artist_id,
        other_artist_id,

        -- attributes
        action,
        value,
        other_artist_name,

        -- numbers
        part
    from corrections_ranked
    where correction_number = first_number
)

select * from corrections_in_force
