-- How many people listen to each recording on ListenBrainz, as it was said last.
--
-- grain: one row per recording of which that is known
-- kind:  incremental
-- key:   recording_mbid
-- recompute: whole
-- reads: stg_enrichment__recordings

with recording_listeners as (
    select
        recording_mbid,
        max_by(listeners, told_order) as listeners
    from stg_enrichment__recordings
    where listeners is not null
    group by recording_mbid
)

select * from recording_listeners
