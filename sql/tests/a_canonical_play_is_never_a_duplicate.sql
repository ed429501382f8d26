-- A play that stands for others is not itself the duplicate of another: there are no chains.

select
    duplicates.play_id,
    duplicates.canonical_play_id,
    further.canonical_play_id as next_canonical_play_id
from int_play_duplicates as duplicates
inner join int_play_duplicates as further
    on duplicates.canonical_play_id = further.play_id
