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
    /// The API names the artist of a play of its own, with a URI.
    ApiCredit(u8),
    /// A podcast.
    Episode(u8),
    /// What was told last is taken back.
    UndoneImport,
    /// The files that were stored last are made one.
    Compacted,
    /// MusicBrainz answers who an artist is, and of which genre.
    Answer(u8),
    /// Services tell of tracks, albums and places.
    Facts(u8),
    /// Somebody else begins to listen.
    Account(u8),
    /// A person changes a seed or a model.
    Models(u8),
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
        1 => (0..4_u8).prop_map(Event::ApiCredit),
        1 => (0..2_u8).prop_map(Event::Episode),
        1 => Just(Event::UndoneImport),
        1 => Just(Event::Compacted),
        2 => (0..4_u8).prop_map(Event::Answer),
        2 => (0..FACTS.len() as u8).prop_map(Event::Facts),
        1 => (0..2_u8).prop_map(Event::Account),
        1 => (0..MODELS.len() as u8).prop_map(Event::Models),
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

/// What services may tell: the table, and its rows.
const FACTS: [(&str, &str); 5] = [
    (
        "track_credits",
        "answer_id | service | track_uri | position | artist_name | artist_uri       | fetched_at
         f1        | spotify | u1        | 1        | Host 1      | spotify:artist:1 | 2024-07-01 00:00:00Z
         f1        | spotify | u1        | 2        | Host 2      | spotify:artist:2 | 2024-07-01 00:00:00Z",
    ),
    (
        "tracks",
        "answer_id | service | track_uri | track_name | track_isrc   | duration_ms | album_uri | album_name | popularity | fetched_at
         f2        | spotify | u2        | Song 1     | DEA123456789 | 200000      | alb       | Album      | 40         | 2024-07-01 00:00:00Z
         f2        | spotify | u3        | Song 3     | DEA123456789 | 200000      | alb       | Album      | null       | 2024-07-01 00:00:00Z",
    ),
    (
        "album_credits",
        "answer_id | service | album_ref | position | artist_name | artist_uri       | fetched_at
         f3        | spotify | alb       | 1        | Host 4      | spotify:artist:4 | 2024-07-01 00:00:00Z
         f3        | spotify | alb       | 2        | Host 1      | spotify:artist:1 | 2024-07-01 00:00:00Z",
    ),
    (
        "artists",
        "answer_id | service     | artist_ref                           | artist_name | area_id | area_name | country_code | fetched_at
         f4        | musicbrainz | 00000000-0000-4000-8000-000000000649 | Host 1      | here    | Here      | DE           | 2024-07-01 00:00:00Z",
    ),
    (
        "areas",
        "answer_id | area_id | area_name | area_type | iso_3166_1 | fetched_at
         f5        | here    | Here      | Country   | DE         | 2024-07-01 00:00:00Z",
    ),
];

/// What a person may change: the file, and what is put in the place of what.
const MODELS: [(&str, &str, &str); 4] = [
    (
        "seeds/match_rules.csv",
        "api_same_uri_strict,spotify_api,end,,,spotify_export,end,uri,end,5,",
        "api_same_uri_strict,spotify_api,end,,,spotify_export,end,uri,end,0,",
    ),
    ("seeds/listening_rules.csv", "30,180", "5,20"),
    ("3_marts/dim_track.sql", "'Unknown track' as track_name", "'Some track' as track_name"),
    (
        "2_intermediate/int_track_credits_chosen.sql",
        "lower(answered_credits.artist_name)",
        "lower(trim(answered_credits.artist_name))",
    ),
];

pub(crate) const HEADER: &str = "play_id | account_id | source | clock | kind | started_at | ended_at | ms_played | track_uri | track_name | album_artist_name";

/// What the sources said so far: what is taken back is told anew later on.
#[derive(Default)]
pub(crate) struct Told {
    received: Vec<String>,
    credits: BTreeMap<String, (&'static str, Option<&'static str>)>,
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
            told.credits.insert(format!("l{number}aa"), (["Host 1", "Guest"][usize::from(number % 2)], None));
            story.credit(&told.credits);
        }
        Event::ApiCredit(number) => {
            // Plays 1, 5 and 9 are those of the API.
            let credit = [("Host 1", "spotify:artist:1"), ("Guest", "spotify:artist:9")][usize::from(number % 2)];
            told.credits.insert(format!("n{}aa", 1 + 4 * (number / 2)), (credit.0, Some(credit.1)));
            story.credit(&told.credits);
        }
        Event::Episode(number) if !told.is_new(&format!("e{number}aa")) => {}
        Event::Episode(number) => story.receive(&format!(
            "{HEADER}
             e{number}aa | ANN | spotify_export | end | episode | 2024-07-02 1{number}:00:00Z | 2024-07-02 1{number}:30:00Z | 1800000 | e{number} | Talk | null"
        )),
        Event::UndoneImport => {
            if told.received.pop().is_some() {
                story.take_back();
            }
        }
        Event::Compacted => story.compact(),
        Event::Answer(number) => {
            story.answer(&format!("Host {}", 1 + number / 2), ["rock", "jazz"][usize::from(number % 2)]);
        }
        Event::Facts(number) => {
            let (table, rows) = FACTS[usize::from(number)];
            story.told(table, rows);
        }
        Event::Account(number) => {
            let zone = [chrono_tz::Asia::Tokyo, chrono_tz::Europe::Berlin][usize::from(number)];
            // There is one of each name.
            drop(context.state().unwrap().add_account(["Cy", "Di"][usize::from(number)], zone, CountingRule::Any, story.world.now));
        }
        Event::Models(number) => {
            story.world.own_models();
            let (file, from, to) = MODELS[usize::from(number)];
            let path = story.world.sql_dir().join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            let text = if text.contains(from) { text.replace(from, to) } else { text.replace(to, from) };
            story.world.sql(file, &text);
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
            drop(jobs::build(&context, story.own_models().as_deref(), false, &selection));
        }
    }
}
