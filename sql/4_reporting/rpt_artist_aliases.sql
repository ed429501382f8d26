-- Which other names does MusicBrainz know of each artist that was heard?
--
-- The newest answer about an artist counts as a whole. Artists that a person masked are left out.
--
-- grain: one row per artist of MusicBrainz, other name, language and kind of name
-- kind:  table
-- key:   artist_mbid, alias_number
-- reads: dim_artist, int_artist_facts_chosen, int_mbid_redirects, stg_enrichment__artist_aliases
-- tests: not_null alias
-- columns:
--   artist_mbid  MBID of the artist.
--   alias_number  Number of the name among those of the artist, from 1, by the alphabet.
--   artist_name  Name as MusicBrainz writes it.
--   alias  The other name.
--   alias_locale  Language or country it is used in; empty where MusicBrainz does not say.
--   alias_type  Artist name, Legal name or Search hint; empty where MusicBrainz does not say.
--   is_primary  True for the main name in that language.

with artists as (
    select
        artist_mbid,
        count(mask_name) as masks
    from dim_artist
    where artist_mbid is not null
    group by artist_mbid
),

names as (
    select artist_mbid, artist_name
    from int_artist_facts_chosen
),

answers as (
    select
        coalesce(int_mbid_redirects.artist_mbid, answers.artist_mbid) as artist_mbid,
        nullif(trim(answers.alias), '') as alias,
        answers.locale,
        answers.alias_type,
        answers.is_primary,
        answers.told_order
    from stg_enrichment__artist_aliases as answers
    left join int_mbid_redirects
        on answers.artist_mbid = int_mbid_redirects.asked_mbid
),

newest_answers as (
    select
        artist_mbid,
        max(told_order) as told_order
    from answers
    group by artist_mbid
),

aliases as (
    select
        answers.artist_mbid,
        answers.alias,
        answers.locale as alias_locale,
        answers.alias_type,
        max(cast(coalesce(answers.is_primary, false) as int)) = 1 as is_primary
    from answers
    inner join newest_answers
        on answers.artist_mbid = newest_answers.artist_mbid
        and answers.told_order = newest_answers.told_order
    where answers.alias is not null
    group by
        answers.artist_mbid,
        answers.alias,
        answers.locale,
        answers.alias_type
),

artist_aliases as (
    select
        -- ids
        aliases.artist_mbid,

        -- attributes
        names.artist_name,
        aliases.alias,
        aliases.alias_locale,
        aliases.alias_type,

        -- numbers
        cast(
            row_number() over (
                partition by aliases.artist_mbid
                order by
                    aliases.alias,
                    aliases.alias_locale nulls first,
                    aliases.alias_type nulls first
            ) as int
        ) as alias_number,

        -- booleans
        aliases.is_primary
    from aliases
    inner join artists
        on aliases.artist_mbid = artists.artist_mbid
    left join names
        on aliases.artist_mbid = names.artist_mbid
    where artists.masks = 0
)

select * from artist_aliases
