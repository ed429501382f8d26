//! An explanation in lines for people.

use std::path::Path;

use super::artists::Credited;
use super::figure::{Figure, Part};
use super::{Explanation, Observation, Play};
use crate::summary::{plays, thousands};

/// Everything, one thing a line; `raw` is where the raw files lie.
pub(super) fn text(explanation: &Explanation, raw: &Path) -> String {
    let mut out = String::new();
    match &explanation.play {
        Some(play) => about(&mut out, play),
        None if explanation.state == "excluded" => line(&mut out, "A correction leaves this play out of everything."),
        None => line(&mut out, "This play is not in what is published yet: `music-tracker refresh` brings it there."),
    }
    line(&mut out, &format!("  play_id   {}", explanation.play_id));
    explanation.artists.iter().for_each(|artist| credited(&mut out, artist));
    for one in &explanation.corrections {
        let what = match (one.action.as_str(), &one.to_account_name) {
            ("reassign", Some(to)) => {
                format!("gave it to {to:?}, away from {:?}", one.account_name.as_deref().unwrap_or_default())
            }
            _ => "left it out".to_owned(),
        };
        let reason = one.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        line(&mut out, &format!("  corrected by {}, which {what}{reason}", one.correction_id));
        line(&mut out, &format!("            take it back with `music-tracker correct undo {}`", one.correction_id));
    }
    let count = explanation.observations.len();
    line(&mut out, &format!("\n{count} {} of it:", if count == 1 { "report" } else { "reports" }));
    for one in &explanation.observations {
        observed(&mut out, one, raw);
    }
    out
}

/// A figure, and what it is made of.
pub(super) fn of_figure(figure: &Figure) -> String {
    let mut out = String::new();
    line(&mut out, &format!("{} {}", plays(figure.plays), figure.of));
    if figure.plays > 0 {
        line(&mut out, &format!("  days      {} to {}", figure.first_day, figure.last_day));
        let not = figure.plays - figure.counted_plays;
        line(
            &mut out,
            &format!(
                "  count     {}; {} do not, by the rule of the account",
                thousands(figure.counted_plays),
                thousands(not)
            ),
        );
        let unknown = match figure.unmeasured_plays {
            0 => String::new(),
            count => format!("; of {} nobody knows the time", plays(count)),
        };
        let (minutes, estimated) = (figure.minutes_listened, figure.minutes_estimated);
        line(&mut out, &format!("  heard     {minutes} minutes, of which {estimated} are estimated{unknown}"));
    }
    if figure.spoken_plays > 0 {
        let spoken = plays(figure.spoken_plays);
        line(&mut out, &format!("  besides   {spoken} of podcasts and audiobooks, which are counted apart"));
    }
    let mut list = |title: &str, parts: &[Part], words: &dyn Fn(&Part) -> String| {
        if !parts.is_empty() {
            line(&mut out, &format!("\n{title}"));
            parts.iter().for_each(|part| line(&mut out, &format!("  {:>9}  {}", thousands(part.count), words(part))));
        }
    };
    list("Who speaks for them:", &figure.by_source, &|part| part.name.clone());
    list("Reports of the same plays that are not counted once more:", &figure.merged, &|part| match &*part.name {
        "" => format!("{}, an older version of a report", part.kind),
        rule => format!("{}, by the rule {rule}", part.kind),
    });
    list("Plays that a correction took out of these numbers:", &figure.corrected, &|part| {
        format!("{} ({}), taken back with `music-tracker correct undo {}`", part.name, part.kind, part.name)
    });
    let runs = match figure.runs_in_all - figure.runs.len() {
        0 => "Runs that brought the reports:".to_owned(),
        more => format!("Runs that brought the reports ({more} more brought fewer):"),
    };
    list(&runs, &figure.runs, &|part| format!("{}, {}", part.name, part.kind));
    if figure.open_gaps > 0 {
        let (gaps, missing) = (figure.open_gaps, plays(figure.missing_plays));
        line(
            &mut out,
            &format!(
                "\nWithin these days {gaps} gaps are open, with perhaps {missing} of any music: `music-tracker status`"
            ),
        );
    }
    if !figure.newest.is_empty() {
        line(&mut out, "\nThe newest, each explained by `music-tracker explain PLAY`:");
    }
    for one in &figure.newest {
        let names: Vec<&str> = [one.track_name.as_deref(), one.artist_name.as_deref()].into_iter().flatten().collect();
        line(&mut out, &format!("  {}  {}  {}", one.play_id, one.ended_local, names.join(" / ")));
    }
    out
}

fn about(out: &mut String, play: &Play) {
    let by = play.artist_name.as_ref().map(|artist| format!(" by {artist}")).unwrap_or_default();
    line(out, &format!("{}{by}", play.track_name.as_deref().unwrap_or("Unknown track")));
    if let Some(album) = &play.album_name {
        line(out, &format!("  album     {album}"));
    }
    line(out, &format!("  listener  {}", play.account_name));
    let guess = if play.is_end_estimated { ", estimated" } else { "" };
    line(out, &format!("  ended     {} in {}  ({}{guess})", play.ended_local, play.zone, play.ended_at));
    if let Some(ms) = play.ms_listened {
        let guess = if play.is_estimated { "estimated" } else { "as reported" };
        line(out, &format!("  heard     {}:{:02}, {guess}", ms / 60_000, ms / 1000 % 60));
    }
    let counts = if play.is_counted { "yes" } else { "no" };
    line(out, &format!("  counts    {counts}, by the rule {:?} of the account", play.counting_rule));
}

fn credited(out: &mut String, artist: &Credited) {
    let spelled = artist.credited_as.as_ref().map(|name| format!(", credited as {name:?}")).unwrap_or_default();
    let told = if artist.told_by == "album_artist" { ", the artist of the album" } else { "" };
    let known = match (&artist.artist_mbid, &artist.link_method) {
        (Some(mbid), Some(method)) => format!("; {mbid} of MusicBrainz, by {method}"),
        _ => String::new(),
    };
    line(out, &format!("  artist    {} ({}){spelled}{told}{known}", artist.artist_name, artist.artist_id));
    for said in &artist.corrections {
        let reason = said.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let id = &said.correction_id;
        line(out, &format!("            {id} says: {}{reason}", said.what));
        line(out, &format!("            take it back with `music-tracker correct artist undo {id}`"));
    }
}

fn observed(out: &mut String, one: &Observation, raw: &Path) {
    let client = one.client.as_ref().map(|client| format!(" ({client})")).unwrap_or_default();
    line(out, &format!("\n  {}{client}: {}", one.source, one.role.replace('_', " ")));
    line(out, &format!("    why       {}", one.why));
    let mut row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            line(out, &format!("    {name:<9} {value}"));
        }
    };
    let names = [one.track_name.as_deref(), one.artists.as_deref()];
    row("says", Some(names.iter().flatten().copied().collect::<Vec<_>>().join(" / ")).filter(|text| !text.is_empty()));
    row("track", one.track_uri.clone());
    let told = |which: &str| if one.time_estimated.as_deref() == Some(which) { " (worked out)" } else { "" };
    row("started", one.started_at.as_ref().map(|at| format!("{at}{}", told("started_at"))));
    row("ended", one.ended_at.as_ref().map(|at| format!("{at}{}", told("ended_at"))));
    let (clock, precision) = (one.clock.as_deref(), one.time_precision.as_deref());
    let exact = clock.zip(precision).map(|(clock, precision)| format!(", the {clock} to the {}", unit(precision)));
    row("wrote", one.time_raw.as_ref().map(|raw| format!("{raw}{}", exact.unwrap_or_default())));
    row("heard", one.ms_played.map(|ms| format!("{ms} ms")));
    let place = one.raw_ordinal.map(|ordinal| format!(", row {}", ordinal + 1)).unwrap_or_default();
    row("file", one.raw_file.as_ref().map(|file| format!("{}{place}", raw.join(file).display())));
    row("run", one.run_id.as_ref().map(|run| format!("{run}, {}", one.ingested_at.as_deref().unwrap_or_default())));
    row("play_id", Some(one.play_id.clone()));
}

fn unit(precision: &str) -> &str {
    match precision {
        "ms" => "millisecond",
        "s" => "second",
        "min" => "minute",
        other => other,
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
