-- A play never stands for another person's play, and a source merges with itself only where an export row names no URI.

select
    duplicates.play_id,
    duplicates.canonical_play_id,
    duplicates.rule,
    given_way.account_id,
    canonical.account_id as canonical_account_id,
    given_way.source,
    canonical.source as canonical_source
from int_play_duplicates as duplicates
inner join int_play_observations_chosen as given_way
    on duplicates.play_id = given_way.play_id
inner join int_play_observations_chosen as canonical
    on duplicates.canonical_play_id = canonical.play_id
where given_way.account_id <> canonical.account_id
    or (given_way.source = canonical.source and given_way.known_by = 'uri')
