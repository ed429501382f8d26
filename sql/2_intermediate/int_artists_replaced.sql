-- Artists that stand for others: merged by a person, split by a person, or a credit of several.
--
-- Programs that know names only write "A feat. B", "A & B" or "A, B". Such a name is split where
-- every piece is an artist that is known otherwise, and the whole is not: neither credited with a
-- URI or an MBID, nor an album artist of Spotify, which are never several, nor a name that several
-- artists of MusicBrainz share. A name is cut at "feat." first, and what stands on one side of it only
-- where nobody has that name: "Earth, Wind & Fire feat. B" is two. What a person says goes before that: whoever is merged, linked,
-- renamed, masked or given genres is one artist, and so is whoever others are merged or split into.
--
-- grain: one row per artist that is replaced and artist in its place
-- kind:  incremental
-- key:   artist_id, part
-- recompute: whole
-- reads: int_artist_corrections_identified, int_artist_names_resolved, int_track_credits_chosen,
--        int_tracks_described, stg_enrichment__lookups
-- tests: not_null new_artist_id
--        between part 1 1000
-- columns:
--   artist_id  Key of the artist that is replaced.
--   new_artist_id  Key of the artist in its place.
--   new_artist_name  Name of the artist in its place; empty where only its key is known.
--   part  Place among the artists that stand in its place, from 1.

with merges as (
    select artist_id, other_artist_id, other_artist_name
    from int_artist_corrections_identified
    where action = 'merge'
        and artist_id <> other_artist_id
),

splits_by_hand as (
    select artist_id, part, other_artist_id, other_artist_name
    from int_artist_corrections_identified
    where action = 'split'
),

artists_corrected as (
    select artist_id
    from int_artist_corrections_identified
    where action in ('merge', 'rename', 'mask', 'genre')
        or (action = 'link' and value <> 'none')
    union
    select other_artist_id as artist_id
    from int_artist_corrections_identified
    where action in ('merge', 'split')
),

names as (
    select artist_key, artist_id, artist_name, is_known, is_shared
    from int_artist_names_resolved
),

-- Of each way of asking, the newest answer that says anything.
names_asked as (
    select
        lower(trim(subject)) as artist_key,
        max_by(outcome, told_order || outcome) as outcome
    from stg_enrichment__lookups
    where subject_type = 'artist_name'
        and outcome in ('found', 'none', 'ambiguous')
    group by lower(trim(subject)), service, method
),

names_that_may_be_several as (
    select distinct artist_key
    from int_track_credits_chosen
    where artist_uri is null
        and artist_mbid is null
        and rlike(artist_key, ' feat[.]? | ft[.]? | featuring | & |, ')
        and artist_key not like '%|%'
),

-- What is on an album of Spotify is one artist, whatever its name looks like.
names_of_one_artist as (
    select artist_key
    from names
    where is_known
    union
    select artist_key
    from int_tracks_described
    where track_uri is not null
        and artist_key is not null
    union
    select artist_key
    from names_asked
    where outcome = 'ambiguous'
),

names_to_cut as (
    select
        names_that_may_be_several.artist_key,
        replace(
            replace(
                replace(
                    replace(
                        replace(names_that_may_be_several.artist_key, ' featuring ', '|'),
                        ' feat. ',
                        '|'
                    ),
                    ' feat ',
                    '|'
                ),
                ' ft. ',
                '|'
            ),
            ' ft ',
            '|'
        ) as sides
    from names_that_may_be_several
    anti join names_of_one_artist
        on names_that_may_be_several.artist_key = names_of_one_artist.artist_key
    anti join artists_corrected
        on 'name:' || md5('artist:' || names_that_may_be_several.artist_key) = artists_corrected.artist_id
),

sides as (
    select
        names_to_cut.artist_key,
        cast(numbers.number as int) as side,
        trim(split_part(names_to_cut.sides, '|', cast(numbers.number as int))) as side_key
    from names_to_cut
    cross join range(1, 17) as numbers(number)
    where numbers.number <= length(names_to_cut.sides) - length(replace(names_to_cut.sides, '|', '')) + 1
),

-- What is one artist on one side, or means nobody certain, is not cut further.
sides_in_pieces as (
    select
        sides.artist_key,
        sides.side,
        case
            when names_of_one_artist.artist_key is not null
                then sides.side_key
            else replace(replace(sides.side_key, ' & ', '|'), ', ', '|')
        end as pieces
    from sides
    left join names_of_one_artist
        on sides.side_key = names_of_one_artist.artist_key
),

pieces as (
    select
        sides_in_pieces.artist_key,
        sides_in_pieces.side,
        cast(numbers.number as int) as piece,
        trim(split_part(sides_in_pieces.pieces, '|', cast(numbers.number as int))) as piece_key,
        count(*) over (partition by sides_in_pieces.artist_key) as piece_count
    from sides_in_pieces
    cross join range(1, 17) as numbers(number)
    where numbers.number <= length(sides_in_pieces.pieces) - length(replace(sides_in_pieces.pieces, '|', '')) + 1
),

pieces_known as (
    select
        pieces.artist_key,
        cast(
            row_number() over (partition by pieces.artist_key order by pieces.side, pieces.piece) as int
        ) as part,
        pieces.piece_count,
        names.artist_id,
        names.artist_name,
        count(*) over (partition by pieces.artist_key) as known_count
    from pieces
    inner join names
        on pieces.piece_key = names.artist_key
    where names.is_known
        and not names.is_shared
),

splits as (
    select artist_id, part, other_artist_id, other_artist_name
    from splits_by_hand
    union all
    select
        'name:' || md5('artist:' || pieces_known.artist_key) as artist_id,
        pieces_known.part,
        pieces_known.artist_id as other_artist_id,
        pieces_known.artist_name as other_artist_name
    from pieces_known
    anti join splits_by_hand
        on 'name:' || md5('artist:' || pieces_known.artist_key) = splits_by_hand.artist_id
    where pieces_known.known_count = pieces_known.piece_count
),

artists_replaced as (
    select
        -- ids
        splits.artist_id,
        coalesce(merges.other_artist_id, splits.other_artist_id) as new_artist_id,

        -- attributes
        case when merges.artist_id is null then splits.other_artist_name else merges.other_artist_name end
            as new_artist_name,

        -- numbers
        splits.part
    from splits
    left join merges
        on splits.other_artist_id = merges.artist_id
    union all
    select
        merges.artist_id,
        coalesce(later.other_artist_id, merges.other_artist_id) as new_artist_id,
        case when later.artist_id is null then merges.other_artist_name else later.other_artist_name end
            as new_artist_name,
        1 as part
    from merges
    left join merges as later
        on merges.other_artist_id = later.artist_id
        and merges.artist_id <> later.other_artist_id
    anti join splits
        on merges.artist_id = splits.artist_id
)

select * from artists_replaced
