//! Corrections of artists, as commands: see what one would concern, make it, list them, take it back.
//!
//! They only change `data/corrections/artists.csv`; the next refresh applies them.

use std::collections::HashMap;

use platform::corrections::ARTISTS;
use platform::{JobContext, Stop, Summary};

use super::{free_id, genres, shown, usage};
use crate::corrections::artists::{self, ArtistAction, ArtistCorrection, is_mbid, text_of};
use crate::jobs::{told, tree};
use crate::query::Reader;
use crate::summary;

/// One correction, as it is typed.
#[derive(Debug, Clone, clap::Args)]
pub struct Wanted {
    /// What is to be said about the artist
    #[arg(value_enum)]
    pub action: ArtistAction,
    /// The artist: its URI or key, or its name
    pub artist: String,
    /// link: the MBID, or none; merge: the other artist; split: the artists it stands for; rename and mask: the name
    /// to show; genre: one or several
    #[arg(required = true, value_name = "VALUE")]
    pub values: Vec<String>,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// An artist that was heard.
struct Heard {
    artist_id: String,
    name: String,
}

/// Shows what a correction would concern, and changes nothing.
///
/// # Errors
/// A [`Stop::Usage`] when it makes no sense, or nothing is published to look at.
pub fn preview(context: &JobContext, wanted: &Wanted) -> anyhow::Result<Summary> {
    told(|| {
        let (_, mut summary) = meant(context, wanted)?;
        summary.text += "\nNothing is changed yet: `music-tracker correct artist add` with the same words does it.";
        Ok(summary)
    })
}

/// Makes a correction.
///
/// # Errors
/// As [`preview`], and when it contradicts another one.
pub fn add(context: &JobContext, wanted: &Wanted) -> anyhow::Result<Summary> {
    told(|| {
        let (mut one, mut summary) = meant(context, wanted)?;
        ARTISTS.add(&context.data, |lines| {
            one.id = free_id(&context.run_id, &|id| lines.iter().any(|line| line.get("id") == Some(id)));
            if let Some((_, message)) = artists::conflict(&one, &artists::read(&context.data)?) {
                return Err(usage(&message));
            }
            Ok(vec![
                ("id", one.id.clone()),
                ("action", one.action.as_str().to_owned()),
                ("artist", one.artist.clone()),
                ("value", text_of(&one.values)),
                ("reason", one.reason.clone().unwrap_or_default()),
                ("created_at", shown(context.clock.now())),
                ("artist_name", one.name.clone().unwrap_or_default()),
            ])
        })?;
        let id = &one.id;
        summary.text +=
            &format!("\nMade the correction {id}; take it back with `music-tracker correct artist undo {id}`.");
        Ok(summary.count("correction_id", id.clone()))
    })
}

/// Takes a correction back.
///
/// # Errors
/// A [`Stop::Usage`] when there is none of that name.
pub fn undo(context: &JobContext, id: &str) -> anyhow::Result<Summary> {
    if !ARTISTS.remove(&context.data, |line| line.get("id") == Some(id))? {
        let text =
            format!("there is no correction {id:?} of an artist: `music-tracker correct artist list` shows them");
        return Err(Stop::Usage(text).into());
    }
    Ok(Summary::text(format!("took the correction {id} back")).count("correction_id", id))
}

/// The corrections there are.
///
/// # Errors
/// A [`Stop::Usage`] that names the line of the file that is wrong.
pub fn list(context: &JobContext) -> anyhow::Result<Summary> {
    told(|| {
        let all = artists::read(&context.data)?;
        if all.is_empty() {
            let text = "no corrections of artists: `music-tracker correct artist add --help` shows how to make one";
            return Ok(Summary::text(text).count("corrections", 0));
        }
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::NOTHING).set_header(["id", "does", "to the artist", "reason"]);
        let names = names(context);
        let named = |text: &str| names.get(text).map_or_else(|| text.to_owned(), |name| format!("{name} ({text})"));
        for one in &all {
            let values: Vec<String> = if one.action.is_of_artists() {
                one.values.iter().map(|value| named(value)).collect()
            } else {
                one.values.clone()
            };
            let does = format!("{} {}", one.action.as_str(), text_of(&values));
            let artist = match &one.name {
                Some(name) if *name != one.artist => format!("{name} ({})", one.artist),
                _ => named(&one.artist),
            };
            table.add_row([&one.id, &does, &artist, one.reason.as_deref().unwrap_or_default()]);
        }
        Ok(Summary::text(table.to_string()).count("corrections", all.len()))
    })
}

/// The names of all artists by their keys, as far as any are published.
fn names(context: &JobContext) -> HashMap<String, String> {
    let names = || -> anyhow::Result<HashMap<String, String>> {
        let reader = Reader::open(context)?;
        let mut query = reader.duckdb().prepare("select artist_id, artist_name from dim_artist")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<duckdb::Result<_>>()?)
    };
    names().unwrap_or_else(|error| {
        tracing::info!("artists are listed by their keys: {error:#}");
        HashMap::new()
    })
}

/// The correction with artists found by what is published, and what it concerns in words.
fn meant(context: &JobContext, wanted: &Wanted) -> anyhow::Result<(ArtistCorrection, Summary)> {
    let reader = Reader::open(context)?;
    reader.needs("artists are found by", &["fct_track_played", "dim_artist", "bridge_track_artist"])?;
    let artist = the_one(&reader, &wanted.artist).map_err(|error| explained(context, &wanted.artist, error))?;
    let given: Vec<String> = wanted.values.iter().map(|value| value.trim().to_owned()).collect();
    let values = values(&reader, wanted.action, &given)?;
    if wanted.action == ArtistAction::Genre {
        genres::check(&reader, &tree(context, None)?, &values)?;
    }
    let one = ArtistCorrection {
        id: String::new(),
        action: wanted.action,
        artist: artist.artist_id.clone(),
        values,
        reason: wanted.reason.clone(),
        // The name of who is masked stands in no file of ours.
        name: (wanted.action != ArtistAction::Mask).then(|| artist.name.clone()),
    };
    if one.action == ArtistAction::Merge && one.values[0] == one.artist {
        return Err(usage("an artist cannot be merged into itself"));
    }
    let (plays, minutes): (i64, i64) = reader.duckdb().query_row(
        "select count(*), cast(round(coalesce(sum(ms_listened), 0) / 60000) as bigint)
         from fct_track_played
         where track_id in (select track_id from bridge_track_artist where artist_id = ?)",
        [&one.artist],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let does = match one.action {
        ArtistAction::Link if one.values[0] == "none" => "is unknown to MusicBrainz".to_owned(),
        ArtistAction::Link => format!("is {} of MusicBrainz", one.values[0]),
        ArtistAction::Merge => format!("counts as {}", wanted.values[0]),
        ArtistAction::Split => format!("stands for {}", given.join(" and ")),
        ArtistAction::Rename => format!("is called {:?}", one.values[0]),
        ArtistAction::Mask => format!("is shown as {:?}", one.values[0]),
        ArtistAction::Genre => format!("plays {}", one.values.join(", ")),
    };
    let Heard { artist_id, name } = artist;
    let text =
        format!("{name} ({artist_id}) {does}: {}, {}", summary::plays(plays), summary::counted(minutes, "minute"));
    Ok((one, Summary::text(text).count("plays", plays).count("minutes", minutes)))
}

fn values(reader: &Reader, action: ArtistAction, given: &[String]) -> anyhow::Result<Vec<String>> {
    if given.iter().any(String::is_empty) {
        return Err(usage("one of the values is empty"));
    }
    let values = meant_by(reader, action, given)?;
    for (index, value) in values.iter().enumerate() {
        if action.is_list() && value.contains(artists::SEPARATOR) {
            return Err(usage(&format!(
                "{value:?} has a {} in it, which the file of corrections has between artists: give its URI",
                artists::SEPARATOR
            )));
        }
        if values[..index].contains(value) {
            return Err(usage(&format!("{:?} is named twice", given[index])));
        }
    }
    Ok(values)
}

/// The values as they are written down.
fn meant_by(reader: &Reader, action: ArtistAction, given: &[String]) -> anyhow::Result<Vec<String>> {
    match action {
        ArtistAction::Split if given.len() < 2 => Err(usage("name the artists it stands for, two or more")),
        // Someone who was never heard alone is as good: then it is the name that counts.
        ArtistAction::Split => {
            given.iter().map(|text| Ok(heard(reader, text)?.pop().map_or(text.clone(), |one| one.artist_id))).collect()
        }
        ArtistAction::Genre => Ok(given.iter().map(|genre| genre.to_lowercase()).collect()),
        _ if given.len() > 1 => Err(usage("give one value, in quotes where it has spaces")),
        ArtistAction::Merge => Ok(vec![the_one(reader, &given[0])?.artist_id]),
        ArtistAction::Link => {
            let text = given[0].to_lowercase();
            // As it is copied from a browser.
            let mbid = text.split_once("musicbrainz.org/artist/").map_or(text.as_str(), |(_, rest)| rest);
            let mbid = mbid.split(['/', '?']).next().unwrap_or(mbid);
            if is_mbid(mbid) || mbid == "none" {
                return Ok(vec![mbid.to_owned()]);
            }
            Err(usage(&format!("{:?} is no MBID: give one, its page at MusicBrainz, or none", given[0])))
        }
        ArtistAction::Rename | ArtistAction::Mask => Ok(given.to_vec()),
    }
}

/// Somebody who is not found may be somebody else by a correction.
fn explained(context: &JobContext, text: &str, error: anyhow::Error) -> anyhow::Error {
    let is = |name: &str| name.trim().to_lowercase() == text.trim().to_lowercase();
    let Ok(all) = artists::read(&context.data) else { return error };
    let by = |one: &&artists::ArtistCorrection| is(&one.artist) || one.name.as_deref().is_some_and(is);
    match all.iter().find(by) {
        Some(one) => {
            let what = format!("{} {}", one.action.as_str(), text_of(&one.values));
            let id = &one.id;
            usage(&format!(
                "{error}; the correction {id} speaks of this artist ({what}): `music-tracker correct artist undo {id}`"
            ))
        }
        None => error,
    }
}

fn the_one(reader: &Reader, text: &str) -> anyhow::Result<Heard> {
    let mut all = heard(reader, text)?;
    match (all.pop(), all.as_slice()) {
        (Some(one), []) => Ok(one),
        (None, _) => {
            Err(usage(&format!("no artist called {text:?} was heard: give its name as it is shown, or its URI")))
        }
        (Some(last), others) => {
            let ids: Vec<&str> = others.iter().chain([&last]).map(|one| one.artist_id.as_str()).collect();
            Err(usage(&format!("several artists are called {text:?}: give one of {}", ids.join(", "))))
        }
    }
}

/// Artists of that key or name.
fn heard(reader: &Reader, text: &str) -> anyhow::Result<Vec<Heard>> {
    let mut query = reader.duckdb().prepare(
        "select artist_id, artist_name from dim_artist
         where artist_id <> 'unknown' and (artist_id = ?1 or lower(trim(artist_name)) = lower(trim(?1)))
         order by artist_id",
    )?;
    let rows = query.query_map([text], |row| Ok(Heard { artist_id: row.get(0)?, name: row.get(1)? }))?;
    Ok(rows.collect::<duckdb::Result<_>>()?)
}
