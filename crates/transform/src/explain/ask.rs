//! The questions behind an explanation.

use std::path::Path;

use duckdb::{Row, params};
use platform::{DataDir, Stop};

use super::artists;
use super::{Correction, Explanation, Observation, Play, Published};

/// Fewer letters than these name too many plays to be meant.
const SHORTEST: usize = 4;

/// Instants as text: milliseconds, UTC.
const INSTANT: &str = "'%Y-%m-%dT%H:%M:%S.%gZ'";

/// A play that was found by one of its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The report that was named.
    pub(crate) play_id: String,
    /// The real play it is part of.
    pub(crate) canonical_play_id: String,
}

impl Published {
    /// The play that a key, or the beginning of one, names.
    pub(crate) fn find(&self, prefix: &str) -> anyhow::Result<Found> {
        let prefix = prefix.trim();
        if prefix.len() < SHORTEST || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte))
        {
            let text = format!("{prefix:?} is no play: give a play_id, or at least its first {SHORTEST} characters");
            return Err(Stop::Usage(text).into());
        }
        let mut query = self.reader.duckdb().prepare(
            "with named as (
                 select distinct play_id from src_plays where starts_with(play_id, ?)
             )
             select named.play_id, max(coalesce(sources.canonical_play_id, named.play_id))
             from named
             left join rpt_play_sources as sources on named.play_id = sources.play_id
             group by named.play_id
             order by named.play_id = ? desc, named.play_id",
        )?;
        let rows = query.query_map(params![prefix, prefix], |row| {
            Ok(Found { play_id: row.get(0)?, canonical_play_id: row.get(1)? })
        })?;
        let found: Vec<Found> = rows.collect::<duckdb::Result<_>>()?;
        let Some(first) = found.first() else {
            let text = format!(
                "no play begins with {prefix:?}: `music-tracker query \"select play_id, ended_at from fct_track_played\"` lists them"
            );
            return Err(Stop::Usage(text).into());
        };
        let is_exact = first.play_id == prefix;
        if !is_exact && found.iter().any(|other| other.canonical_play_id != first.canonical_play_id) {
            let some: Vec<&str> = found.iter().take(10).map(|one| one.play_id.as_str()).collect();
            let text = format!("{} plays begin with {prefix:?}: {}", found.len(), some.join(", "));
            return Err(Stop::Usage(text).into());
        }
        Ok(first.clone())
    }

    /// Everything about a play.
    pub(crate) fn explain(&self, found: &Found, data: &DataDir) -> anyhow::Result<Explanation> {
        let play_id = &found.canonical_play_id;
        let play = self.play(play_id)?;
        let corrections = self.corrections(play_id)?;
        let state = match &play {
            Some(_) => "play",
            None if !corrections.is_empty() => "excluded",
            None => "not_built_yet",
        };
        let artists = match &play {
            Some(play) => artists::credited(self.reader.duckdb(), data, &play.track_id)?,
            None => Vec::new(),
        };
        let observations = self.observations(play_id)?;
        Ok(Explanation { play_id: play_id.clone(), state, play, artists, observations, corrections })
    }

    fn play(&self, play_id: &str) -> anyhow::Result<Option<Play>> {
        let mut query = self.reader.duckdb().prepare(&format!(
            "select plays.account_id, accounts.account_name, plays.track_id, tracks.track_name, artists.artist_name,
                 albums.album_name, plays.source, plays.zone, strftime(timezone('UTC', plays.started_at), {INSTANT}),
                 strftime(timezone('UTC', plays.ended_at), {INSTANT}),
                 strftime(timezone(plays.zone, plays.ended_at), '%Y-%m-%d %H:%M:%S'), plays.is_end_estimated,
                 plays.ms_listened, plays.is_estimated, plays.is_counted, accounts.counting_rule
             from fct_track_played as plays
             join dim_account as accounts on plays.account_id = accounts.account_id
             join dim_track as tracks on plays.track_id = tracks.track_id
             join dim_artist as artists on plays.artist_id = artists.artist_id
             join dim_album as albums on plays.album_id = albums.album_id
             where plays.play_id = ?"
        ))?;
        let mut rows = query.query_map([play_id], |row| {
            Ok(Play {
                account_id: row.get(0)?,
                account_name: row.get(1)?,
                track_id: row.get(2)?,
                track_name: row.get(3)?,
                artist_name: row.get(4)?,
                album_name: row.get(5)?,
                source: row.get(6)?,
                zone: row.get(7)?,
                started_at: row.get(8)?,
                ended_at: row.get(9)?,
                ended_local: row.get(10)?,
                is_end_estimated: row.get(11)?,
                ms_listened: row.get(12)?,
                is_estimated: row.get(13)?,
                is_counted: row.get(14)?,
                counting_rule: row.get(15)?,
            })
        })?;
        Ok(rows.next().transpose()?)
    }

    fn corrections(&self, play_id: &str) -> anyhow::Result<Vec<Correction>> {
        let mut query = self.reader.duckdb().prepare(
            "select correction_id, action, account_name, to_account_name, reason
             from rpt_corrected_plays where play_id = ?",
        )?;
        let rows = query.query_map([play_id], |row| {
            Ok(Correction {
                correction_id: row.get(0)?,
                action: row.get(1)?,
                account_name: row.get(2)?,
                to_account_name: row.get(3)?,
                reason: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<duckdb::Result<_>>()?)
    }

    fn observations(&self, play_id: &str) -> anyhow::Result<Vec<Observation>> {
        let mut query = self.reader.duckdb().prepare(&format!(
            "with reports as (
                 select play_id from rpt_play_sources where canonical_play_id = ?
                 union select ?
             ),
             found as (
                 select plays.*
                 from src_plays as plays
                 semi join reports on plays.play_id = reports.play_id
             ),
             artists as (
                 select credits.observation_id,
                     string_agg(credits.artist_name || coalesce(credits.join_phrase, ''), '' order by credits.position)
                         as joined,
                     string_agg(credits.artist_name, ', ' order by credits.position) as listed,
                     bool_or(credits.join_phrase <> '') as has_phrases
                 from src_play_credits as credits
                 semi join found on credits.observation_id = found.observation_id
                 group by credits.observation_id
             )
             select found.observation_id, found.play_id, sources.role, sources.rule, sources.distance_s, found.source,
                 found.client, found.clock, found.time_precision, found.time_raw,
                 strftime(timezone('UTC', found.started_at), {INSTANT}),
                 strftime(timezone('UTC', found.ended_at), {INSTANT}), found.time_estimated, found.ms_played,
                 found.track_name, case when artists.has_phrases then artists.joined else artists.listed end,
                 found.album_artist_name, found.track_uri, found.raw_id, found.raw_ordinal, found.run_id,
                 strftime(timezone('UTC', found.ingested_at), {INSTANT}), found.account_id
             from found
             left join rpt_play_sources as sources on found.observation_id = sources.observation_id
             left join artists on found.observation_id = artists.observation_id
             order by sources.role is not null, found.play_id <> ?, sources.role, found.source, found.ingested_at,
                 found.observation_id"
        ))?;
        let rows = query.query_map(params![play_id, play_id, play_id], observation)?;
        let mut observations: Vec<Observation> = rows.collect::<duckdb::Result<_>>()?;
        let is_alone = observations.len() == 1;
        let named = |wanted: &str| observations.iter().position(|one| one.role == wanted && one.play_id == play_id);
        let canonical_source = named("canonical").map(|index| observations[index].source.clone());
        for one in &mut observations {
            one.why = why(one, canonical_source.as_deref(), is_alone);
        }
        Ok(observations)
    }
}

fn observation(row: &Row<'_>) -> duckdb::Result<Observation> {
    let artists: Option<String> = row.get(15)?;
    let (raw_id, account_id): (Option<String>, String) = (row.get(18)?, row.get(22)?);
    let source: String = row.get(5)?;
    let file = |raw_id: &String| lake::place::of_body(Path::new(&account_id), &source, raw_id).display().to_string();
    Ok(Observation {
        observation_id: row.get(0)?,
        play_id: row.get(1)?,
        role: row.get::<_, Option<String>>(2)?.unwrap_or_else(|| "canonical".to_owned()),
        why: String::new(),
        rule: row.get(3)?,
        distance_s: row.get(4)?,
        client: row.get(6)?,
        clock: row.get(7)?,
        time_precision: row.get(8)?,
        time_raw: row.get(9)?,
        started_at: row.get(10)?,
        ended_at: row.get(11)?,
        time_estimated: row.get(12)?,
        ms_played: row.get(13)?,
        track_name: row.get(14)?,
        artists: match artists {
            Some(artists) => Some(artists),
            None => row.get(16)?,
        },
        track_uri: row.get(17)?,
        raw_file: raw_id.as_ref().map(file),
        raw_id,
        raw_ordinal: row.get(19)?,
        run_id: row.get(20)?,
        ingested_at: row.get(21)?,
        source,
    })
}

/// Sources by how much they know about the moment of a play.
const ORDER: &str = "export, API, account data, submitted, ListenBrainz, Last.fm";

fn why(one: &Observation, canonical_source: Option<&str>, is_alone: bool) -> String {
    match one.role.as_str() {
        "canonical" if is_alone => "the only report of this play".to_owned(),
        "canonical" => format!("it speaks for the play: the first there is of {ORDER}"),
        "older_version" => {
            format!("{} told this play again, more fully or later; that version is used", one.source)
        }
        _ => match (&one.rule, one.distance_s) {
            (Some(rule), Some(distance)) => format!(
                "the same play as the report of {}, by the rule {rule}, {distance} s apart",
                canonical_source.unwrap_or("another source")
            ),
            _ => "the same play as another report".to_owned(),
        },
    }
}
