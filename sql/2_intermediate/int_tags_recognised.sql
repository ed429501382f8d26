-- Which genre each tag means, if any.
--
-- A tag is a genre of the list, or another spelling of one (capitals, spaces, hyphens and `&` make no
-- difference), or MusicBrainz knows it as a genre that is not in the list. The family of one that is
-- not in the list is that of its last word: `bohemian folk metal` is metal. Whatever a person calls the
-- genre of an artist is one, for that artist alone: it makes no genre of the tags of others. Unknown is
-- none.
--
-- grain: one row per tag and by whom it was said
-- kind:  table
-- key:   said_by, tag
-- reads: stg_enrichment__genre_votes, int_artist_corrections_identified, genres, genre_synonyms
-- tests: expression (genre is null) = (genre_family is null)
--        accepted said_by votes, correction
-- columns:
--   said_by  Who said it: votes, or correction where a person gave an artist the genre.
--   genre  The genre it means, in lower case; empty where it is none.
--   genre_family  Family of that genre, such as rock or electronic; empty where it is none.

with tags_said as (
    select
        'votes' as said_by,
        tag,
        max(cast(genre_mbid is not null as int)) as is_genre
    from stg_enrichment__genre_votes
    where tag <> ''
    group by tag
    union all
    select distinct
        'correction' as said_by,
        lower(trim(value)) as tag,
        1 as is_genre
    from int_artist_corrections_identified
    where action = 'genre'
),

tags as (
    select
        said_by,
        tag,
        case when tag = 'unknown' then 0 else is_genre end as is_genre,
        translate(replace(tag, '&', 'and'), ' -_./’' || chr(39), '') as genre_key,
        reverse(split_part(reverse(tag), ' ', 1)) as last_word
    from tags_said
),

tags_recognised as (
    select
        -- ids
        tags.tag,

        -- attributes
        tags.said_by,
        coalesce(
            genres.genre,
            genre_synonyms.genre,
            case when tags.is_genre = 1 then tags.tag end
        ) as genre,
        coalesce(
            genres.genre_family,
            genres_meant.genre_family,
            case when tags.is_genre = 1 then coalesce(last_words.genre_family, 'other') end
        ) as genre_family
    from tags
    left join genres
        on tags.genre_key = genres.genre_key
    left join genre_synonyms
        on tags.genre_key = genre_synonyms.genre_key
    left join genres as genres_meant
        on genre_synonyms.genre = genres_meant.genre
    left join genres as last_words
        on tags.last_word = last_words.genre
)

select * from tags_recognised
