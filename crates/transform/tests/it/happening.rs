//! What may happen between two builds: plays, answers, corrections, and what is taken back.

use std::collections::BTreeMap;

use platform::Summary;
use platform::state::{CountingRule, Gap};
use proptest::prelude::*;
use transform::correct::{self, artist};
use transform::jobs;

use crate::correcting::typed;
use crate::correcting_artists;
use crate::story::Story;

/// Something that changes what is true.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    /// A source tells of a play that is new, or told otherwise by another source.
    Plays(u8),
    /// A program told of a listen, and later of whom it was.
    Listen(u8),
    Credit(u8),
    /// What was told last is taken back.
    UndoneImport,
    /// The files that were stored last are made one.
    Compacted,
    /// MusicBrainz answers who an artist is, and of which genre.
    Answer(u8),
    /// A person corrects a play or an artist, or takes it back.
    Correction(u8),
    ArtistCorrection(u8),
    UndoneCorrection,
    /// A poll may have missed plays, and an export closes the gap.
    Gap(u8),
    ClosedGap,
    /// What counts as a play is another thing from now on.
    Counting(u8),
    /// A rule of matching is switched.
    Rule {
        on: bool,
    },
    /// The account says where it lived.
    Zone(u8),
    /// A build of some models, as somebody does who works on them.
    Selected(u8),
}

/// What happens, and whether the schema follows before the next thing does.
pub(crate) fn events() -> impl Strategy<Value = Vec<(Event, bool)>> {
    let event = prop_oneof![
        4 => (0..12_u8).prop_map(Event::Plays),
        3 => (0..4_u8).prop_map(Event::Listen),
        2 => (0..4_u8).prop_map(Event::Credit),
        1 => Just(Event::UndoneImport),
        1 => Just(Event::Compacted),
        2 => (0..4_u8).prop_map(Event::Answer),
        2 => (0..3_u8).prop_map(Event::Correction),
        2 => (0..4_u8).prop_map(Event::ArtistCorrection),
        1 => Just(Event::UndoneCorrection),
        1 => (0..2_u8).prop_map(Event::Gap),
        1 => Just(Event::ClosedGap),
        1 => (0..3_u8).prop_map(Event::Counting),
        2 => any::<bool>().prop_map(|on| Event::Rule { on }),
        1 => (0..3_u8).prop_map(Event::Zone),
        1 => (0..3_u8).prop_map(Event::Selected),
    ];
    prop::collection::vec((event, prop::bool::weighted(0.6)), 2..5)
}

pub(crate) const HEADER: &str = "play_id | account_id | source | clock | kind | started_at | ended_at | ms_played | track_uri | track_name | album_artist_name";

/// What the sources said so far: what is taken back is told anew later on.
#[derive(Default)]
pub(crate) struct Told {
    received: Vec<String>,
    credits: BTreeMap<String, &'static str>,
    corrections: Vec<String>,
    gaps: Vec<Gap>,
}

impl Told {
    /// Whether it is new.
    fn is_new(&mut self, play: &str) -> bool {
        let is_new = !self.received.iter().any(|known| known == play);
        self.received.extend(is_new.then(|| play.to_owned()));
        is_new
    }

    /// What is there already, or about nobody who is known, is refused and changes nothing.
    fn corrected(&mut self, outcome: anyhow::Result<Summary>) {
        let made = outcome.ok().and_then(|summary| Some(summary.counts.get("correction_id")?.as_str()?.to_owned()));
        self.corrections.extend(made);
    }
}

pub(crate) fn happens(story: &mut Story, event: Event, told: &mut Told) {
    let context = story.world.context();
    match event {
        // What was received is not received again: it is known.
        Event::Plays(number) if !told.is_new(&format!("n{number}aa")) => {}
        Event::Plays(number) => {
            let day = 1 + number / 4;
            let (source, clock, ms, uri) = [
                ("spotify_export", "end", "180000", "u"),
                ("spotify_api", "end", "null", "u"),
                ("spotify_account_data", "end", "180000", ""),
                ("lastfm", "start", "null", ""),
            ][usize::from(number % 4)];
            let uri = if uri.is_empty() { "null".to_owned() } else { format!("{uri}{day}") };
            story.receive(&format!(
                "{HEADER}
                 n{number}aa | ANN | {source} | {clock} | track | 2024-07-0{day} 10:00:00Z | 2024-07-0{day} 10:03:0{}Z | {ms} | {uri} | Song {day} | Host {day}",
                number % 2
            ));
        }
        Event::Listen(number) if !told.is_new(&format!("l{number}aa")) => {}
        // Some end with a play that Spotify tells, too.
        Event::Listen(number) => story.receive(&format!(
            "{HEADER}
             l{number}aa | ANN | listenbrainz | start | track | 2024-07-0{}{}:00:00Z | null | null | null | Song {} | null",
            1 + number / 2,
            [" 10", " 15"][usize::from(number % 2)],
            1 + number / 2
        )),
        Event::Credit(number) => {
            told.credits.insert(format!("l{number}aa"), ["Host 1", "Guest"][usize::from(number % 2)]);
            story.credit(&told.credits);
        }
        Event::UndoneImport => {
            if told.received.pop().is_some() {
                story.take_back();
            }
        }
        Event::Compacted => story.compact(),
        Event::Answer(number) => {
            story.answer(&format!("Host {}", 1 + number / 2), ["rock", "jazz"][usize::from(number % 2)]);
        }
        Event::Correction(number) => {
            let words: &[&str] = match number {
                0 => &["exclude", "--track", "u1"],
                1 => &["reassign", "--artist", "Host 2", "--to-account", "Bo"],
                _ => &["exclude", "--from", "2024-07-03"],
            };
            told.corrected(correct::add(&context, &typed(words)));
        }
        Event::ArtistCorrection(number) => {
            let words: &[&str] = match number {
                0 => &["mask", "Host 1", "Somebody"],
                1 => &["rename", "Host 2", "Host Two"],
                2 => &["merge", "Host 3", "Host 1"],
                _ => &["genre", "Host 1", "metal"],
            };
            told.corrected(artist::add(&context, &correcting_artists::typed(words)));
        }
        Event::UndoneCorrection => match told.corrections.pop() {
            Some(id) if artist::undo(&context, &id).is_err() => drop(correct::undo(&context, &id).unwrap()),
            _ => {}
        },
        Event::Gap(number) => {
            let at = |hour: u8| format!("2024-07-0{}T{hour:02}:00:00Z", 1 + number).parse().unwrap();
            let gap = Gap {
                account_id: story.ann.clone(),
                source: "spotify_api".into(),
                noticed: (at(8), at(12)),
                after: at(8),
                before: at(12),
                detected_at: at(12),
                run_id: "r".into(),
                estimated_plays: 3,
                closed_by: None,
            };
            context.state().unwrap().add_gap(&gap).unwrap();
            told.gaps.push(gap);
        }
        Event::ClosedGap => {
            for gap in &mut told.gaps {
                gap.closed_by = Some("receipt".into());
            }
            context.state().unwrap().settle_gaps(&story.ann, &told.gaps).unwrap();
        }
        Event::Counting(number) => {
            let rule = [CountingRule::Any, CountingRule::ThirtySeconds, CountingRule::Finished][usize::from(number)];
            context.state().unwrap().set_counting_rule(&story.ann, rule).unwrap();
        }
        // Switching on what is on is refused, and changes nothing.
        Event::Rule { on } => drop(correct::rule(&context, "api_same_uri_strict", on, None)),
        Event::Zone(number) => {
            let zone =
                [chrono_tz::Asia::Tokyo, chrono_tz::Europe::Berlin, chrono_tz::Asia::Kolkata][usize::from(number)];
            let from = "2024-07-02T00:00:00Z".parse().unwrap();
            context.state().unwrap().set_zone(&story.ann, Some(from), zone).unwrap();
        }
        Event::Selected(number) => {
            let model = ["stg_spotify_export__plays+", "int_plays_resolved", "+dim_track"][usize::from(number)];
            let selection = transform::project::Selection { words: vec![model.to_owned()] };
            // Where more came in since, some models alone may not fit the rest: then all stays as it was.
            drop(jobs::build(&context, None, false, &selection));
        }
    }
}
