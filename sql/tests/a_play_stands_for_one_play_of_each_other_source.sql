-- Two real repeats stay two plays: a play stands for at most one play of any other source.
-- (ListenBrainz counts as two: what programs told it, and what it copied from Spotify.)

select
    duplicates.canonical_play_id,
    duplicates.source,
    rules.source_clock,
    count(*) as plays
from int_play_duplicates as duplicates
inner join match_rules as rules
    on duplicates.rule = rules.rule
where duplicates.source <> 'spotify_export'
group by duplicates.canonical_play_id, duplicates.source, rules.source_clock
having count(*) > 1
