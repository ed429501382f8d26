//! Corrections of plays: seen first, made, applied to later imports, taken back.

use platform::Stop;
use platform::files::write_whole;
use transform::cli::Cli;
use transform::correct::{self, Wanted, artist};
use transform::explain::{Format, explain};
use transform::export::{Request, to_file};

use crate::correcting_artists::typed as typed_of_artist;
use crate::story::Story;
use crate::world::failure;

/// What these tests look at.
const MODELS: &str = "fct_track_played dim_account dim_album dim_artist dim_track bridge_track_artist rpt_corrected_plays rpt_play_sources";

const PLAYS: &str = "
    play_id | account_id | source         | clock | kind  | started_at           | ended_at             | ms_played | track_uri | track_name | album_artist_name | context_uri
    p1aa    | ANN        | spotify_export | end   | track | 2024-07-01 10:00:00Z | 2024-07-01 10:03:00Z | 180000    | u1        | Song       | Host              | null
    p2aa    | ANN        | spotify_export | end   | track | 2024-07-02 21:58:00Z | 2024-07-02 21:59:00Z | 60000     | u2        | Other      | Host              | null
    p3aa    | ANN        | spotify_export | end   | track | 2024-07-02 22:00:00Z | 2024-07-02 22:02:00Z | 120000    | u3        | Third      | Guest             | ctx
    p4aa    | BO         | spotify_export | end   | track | 2024-07-03 10:00:00Z | 2024-07-03 10:03:00Z | 180000    | u1        | Song       | Host              | null
    a1aa    | ANN        | spotify_api    | end   | track | 2024-07-01 10:00:00Z | 2024-07-01 10:03:01Z | null      | u1        | Song       | Host              | list";

fn story() -> Story {
    Story::of(MODELS, PLAYS)
}

/// A correction as it is typed.
pub(crate) fn typed(words: &[&str]) -> Wanted {
    let mut all = vec!["transform", "correct", "add"];
    all.extend(words);
    let cli = <Cli as clap::Parser>::try_parse_from(all).unwrap_or_else(|error| panic!("{error}"));
    match cli.command {
        transform::cli::Command::Correct(transform::cli::CorrectCommand::Add(wanted)) => wanted,
        other => panic!("{other:?}"),
    }
}

/// What it would change, and what is left once it is made.
#[track_caller]
fn corrected(words: &[&str], would: u64, left: &str) {
    let story = story();
    let context = story.world.context();
    let wanted = typed(words);
    let preview = correct::preview(&context, &wanted).unwrap();
    assert_eq!(preview.counts["plays"], would, "{}", preview.text);
    assert_eq!(story.refresh().counts["up_to_date"], true, "a preview changed something");
    let made = correct::add(&context, &wanted).unwrap();
    let id = made.counts["correction_id"].as_str().unwrap().to_owned();
    assert!(!story.refresh().counts.contains_key("up_to_date"), "a correction was not noticed");
    assert_eq!(story.plays(), left);
    assert_eq!(
        story.ask(&format!("select count(*) from rpt_corrected_plays where correction_id = '{id}'")),
        would.to_string()
    );
}

#[test]
fn a_correction_that_fits_nothing_says_so_and_what_is_near() {
    let story = story();
    let context = story.world.context();
    let warned = |words: &[&str]| {
        let wanted = typed(words);
        let (seen, made) = (correct::preview(&context, &wanted).unwrap(), correct::add(&context, &wanted).unwrap());
        assert_eq!((seen.warnings.len(), &seen.warnings), (1, &made.warnings), "{words:?}");
        made.warnings.concat()
    };
    let said = warned(&["exclude", "--track", "Songg", "--account", "ann"]);
    assert!(said.contains("nothing fits") && said.contains(r#"the nearest: "Song""#), "{said}");
    let said = warned(&["exclude", "--artist", "gest", "--account", "ann"]);
    assert!(said.contains(r#"the nearest: "Guest""#), "{said}");
    let said = warned(&["exclude", "--track", "xyzzy", "--account", "ann"]);
    assert!(said.contains("none of a name like it"), "{said}");
    // Both are known, only not together.
    let said = warned(&["exclude", "--track", "Third", "--account", "bo"]);
    assert!(said.contains("nothing fits") && !said.contains("nearest"), "{said}");
    let some = correct::preview(&context, &typed(&["exclude", "--track", "Song", "--account", "ann"])).unwrap();
    assert!(some.warnings.is_empty(), "{some:?}");
}

#[test]
fn what_is_taken_back_leaves_no_trace() {
    let story = story();
    let context = story.world.context();
    let made = correct::add(&context, &typed(&["exclude", "--track", "u1"])).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p2aa Ann:p3aa");
    correct::undo(&context, made.counts["correction_id"].as_str().unwrap()).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
    assert_eq!(story.ask("select count(*) from rpt_corrected_plays"), "0");
}

#[test]
fn a_play_is_left_out_by_the_key_of_any_of_its_reports() {
    corrected(&["exclude", "--play", "a1aa"], 1, "Ann:p2aa Ann:p3aa Bo:p4aa");
}

#[test]
fn a_day_is_that_of_the_place() {
    corrected(
        &["exclude", "--account", "Ann", "--from", "2024-07-02", "--to", "2024-07-02"],
        1,
        "Ann:p1aa Ann:p3aa Bo:p4aa",
    );
    corrected(&["exclude", "--account", "Ann", "--from", "2024-07-02", "--to", "2024-07-03"], 2, "Ann:p1aa Bo:p4aa");
}

#[test]
fn a_range_of_instants_is_for_everybody() {
    corrected(&["exclude", "--from", "2024-07-02T22:00:00Z"], 2, "Ann:p1aa Ann:p2aa");
}

#[test]
fn a_track_is_named_by_its_uri_or_its_title() {
    corrected(&["exclude", "--track", "u1"], 2, "Ann:p2aa Ann:p3aa");
    corrected(&["exclude", "--track", "song", "--account", "ann"], 1, "Ann:p2aa Ann:p3aa Bo:p4aa");
}

#[test]
fn an_artist_is_left_out_of_one_account() {
    corrected(&["exclude", "--artist", "host", "--account", "Ann"], 2, "Ann:p3aa Bo:p4aa");
}

#[test]
fn a_context_is_somebody_elses_with_their_time_zone() {
    corrected(&["reassign", "--context", "list", "--to-account", "Bo"], 1, "Bo:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
    let story = story();
    correct::add(&story.world.context(), &typed(&["reassign", "--context", "ctx", "--to-account", "bo"])).unwrap();
    story.refresh();
    assert_eq!(
        story.ask("select zone || ' ' || played_date from fct_track_played where play_id = 'p3aa'"),
        "America/Denver 2024-07-02"
    );
}

#[test]
fn later_imports_are_corrected_too_and_stay_explainable() {
    let mut story = story();
    let context = story.world.context();
    let wanted = typed(&["exclude", "--artist", "Host", "--reason", "the children"]);
    let made = correct::add(&context, &wanted).unwrap();
    story.receive(
        "play_id | account_id | source         | clock | kind  | ended_at             | ms_played | track_uri | track_name | album_artist_name
         late    | BO         | spotify_export | end   | track | 2024-08-01 10:03:00Z | 180000    | u9        | New        | Host
         kept    | BO         | spotify_export | end   | track | 2024-08-01 11:03:00Z | 180000    | u8        | New        | Guest",
    );
    story.refresh();
    assert_eq!(story.plays(), "Bo:kept Ann:p3aa");
    let id = made.counts["correction_id"].as_str().unwrap();
    let text = explain(&context, "late", Format::Text).unwrap();
    for part in ["leaves this play out", &format!("corrected by {id}"), "the children", "spotify_export: canonical"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    let list = correct::list(&context).unwrap();
    assert!(
        list.text.contains(id) && list.text.contains("4 plays") && list.text.contains("artist Host"),
        "{}",
        list.text
    );
}

/// An artist that is renamed, and later is somebody else: what was left out stays out.
#[test]
fn plays_of_an_artist_stay_left_out_whatever_becomes_of_the_artist() {
    let story = story();
    let context = story.world.context();
    let said = |words: &[&str]| {
        let made = artist::add(&context, &typed_of_artist(words)).unwrap();
        story.refresh();
        made.counts["correction_id"].as_str().unwrap().to_owned()
    };
    let renamed = said(&["rename", "Host", "Host Two"]);
    let wanted = typed(&["exclude", "--artist", "host two"]);
    assert_eq!(correct::preview(&context, &wanted).unwrap().counts["plays"], 3);
    assert_eq!(correct::preview(&context, &typed(&["exclude", "--artist", "Host"])).unwrap().counts["plays"], 3);
    correct::add(&context, &wanted).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p3aa");
    artist::undo(&context, &renamed).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p3aa", "the name is gone that was typed");
    let path = story.world.data().corrections().join("artists.csv");
    write_whole(&path, b"id,action,artist,value\nx,merge,Host,Guest\n").unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p3aa", "Host counts as Guest, who was not left out");
}

#[test]
fn leaving_out_goes_before_giving_away() {
    let story = story();
    let context = story.world.context();
    correct::add(&context, &typed(&["reassign", "--track", "u2", "--to-account", "Bo"])).unwrap();
    correct::add(&context, &typed(&["exclude", "--artist", "Host", "--account", "Ann"])).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p3aa Bo:p4aa");
}

#[test]
fn a_file_of_ones_own_keeps_its_comments_and_its_order() {
    let story = story();
    let path = story.world.data().corrections().join("plays.csv");
    let by_hand = "\u{feff}# by hand\naction,id,track,account\n\n# no more of that\nexclude,mine,u1,\n";
    write_whole(&path, by_hand.as_bytes()).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p2aa Ann:p3aa");
    let context = story.world.context();
    correct::undo(&context, "mine").unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("# by hand") && text.contains("# no more of that") && !text.contains("mine"), "{text:?}");
    story.refresh();
    assert_eq!(story.plays(), "Ann:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_built() {
    let story = story();
    let path = story.world.data().corrections().join("plays.csv");
    for (text, part) in [
        ("id,acton\n", "plays.csv:1: there is no column `acton`"),
        ("id\n1\n", "plays.csv:1: the column `action` is missing"),
        ("id,action,track\n\n1,delete,u1\n", "plays.csv:3: column `action`: write exclude or reassign, not \"delete\""),
        ("id,action,from\n1,exclude,yesterday\n", "plays.csv:2: column `from`: \"yesterday\" is no instant"),
        ("id,action,account,track\n1,exclude,Zoe,u1\n", "plays.csv:2: column `account`: there is no account \"Zoe\""),
        ("id,action,track\n1,reassign,u1\n", "plays.csv:2: column `to_account`: say whose the plays are"),
        ("id,action,account\n1,exclude,Ann\n", "plays.csv:2: column `play`: name a play"),
        ("id,action,track\n1,exclude,u1\n1,exclude,u2\n", "plays.csv:3: column `id`: there are two corrections \"1\""),
        ("id,action,track\n,exclude,u1\n", "plays.csv:2: column `id`: it is empty"),
        ("id,action,track\n1,exclude,u1,u2\n", "plays.csv:2: 4 values for 3 columns"),
    ] {
        write_whole(&path, text.as_bytes()).unwrap();
        let (message, code) = failure(transform::jobs::refresh(&story.world.context(), None, false));
        assert!(message.contains(part) && code == 2, "{text:?} gave: {message}");
    }
    assert_eq!(story.plays(), "Ann:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
}

#[test]
fn what_makes_no_sense_is_refused_before_it_is_written() {
    let story = story();
    for (words, part) in [
        (&["exclude"][..], "say which plays"),
        (&["exclude", "--track", "u1", "--account", "Zoe"], "no account \"Zoe\""),
        (&["exclude", "--track", "u1", "--to-account", "Bo"], "--to-account is for `reassign`"),
        (&["reassign", "--track", "u1"], "--to-account"),
        (&["reassign", "--track", "u1", "--account", "Bo", "--to-account", "bo"], "\"Bo\"'s already"),
        (&["exclude", "--from", "2024-07-02"], "give --account"),
        (
            &["exclude", "--from", "2024-07-02T00:00:00Z", "--to", "2024-07-01T00:00:00Z"],
            "nothing lies between --from and --to",
        ),
        (&["exclude", "--play", "nothing"], "no play begins with"),
    ] {
        let (message, code) = failure(correct::add(&story.world.context(), &typed(words)));
        assert!(message.contains(part) && code == 2, "{words:?} gave: {message}");
    }
    assert!(!story.world.data().corrections().join("plays.csv").exists());
    let (message, _) = failure(correct::undo(&story.world.context(), "7"));
    assert!(message.contains("there is no correction \"7\""), "{message}");
}

#[test]
fn a_rule_is_switched_off_and_on_again() {
    let story = story();
    let context = story.world.context();
    correct::rule(&context, "api_same_uri_strict", false, Some("to look")).unwrap();
    correct::rule(&context, "api_same_uri", false, None).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:a1aa Ann:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
    let list = correct::list(&context).unwrap();
    assert!(list.text.contains("api_same_uri_strict is switched off: to look"), "{}", list.text);
    correct::rule(&context, "api_same_uri", true, None).unwrap();
    story.refresh();
    assert_eq!(story.plays(), "Ann:p1aa Ann:p2aa Ann:p3aa Bo:p4aa");
    let (message, _) = failure(correct::rule(&context, "api_same", false, None));
    assert!(message.contains("there is no rule \"api_same\""), "{message}");
    write_whole(&story.world.data().corrections().join("rules.csv"), b"rule\nno_such\n").unwrap();
    let outcome = transform::jobs::refresh(&context, None, false);
    assert!(outcome.as_ref().is_err_and(|error| matches!(Stop::in_chain(error), Some(Stop::Usage(_)))));
    assert!(failure(outcome).0.contains("rules.csv:2: column `rule`: there is no rule \"no_such\""));
}

fn of_days(from: &str, to: &str) -> Wanted {
    typed(&["exclude", "--account", "Ann", "--from", from, "--to", to])
}

/// Expects a correction to be about the plays that an export has.
#[track_caller]
fn check_days(story: &Story, from: &str, to: &str) {
    let context = story.world.context();
    let wanted = of_days(from, to);
    let would = correct::preview(&context, &wanted).unwrap().counts["plays"].clone();
    let path = story.world.data().root().join("days.csv");
    let request =
        Request { account: Some("Ann".into()), period: wanted.which.period, force: true, ..Request::default() };
    let exported = to_file(&context, &request, &path).map_or_else(|_| 0.into(), |done| done.counts["plays"].clone());
    assert_eq!(would, exported, "{from} to {to}");
}

/// Whoever exports days and then leaves the same days out means the same plays.
#[test]
fn the_same_days_are_the_same_plays_in_an_export() {
    let story = story();
    for (from, to) in
        [("2024-07-01", "2024-07-02"), ("2024-07-03", "2024-07-03"), ("2024-07-02T21:59:00Z", "2024-07-03")]
    {
        check_days(&story, from, to);
    }
    // From 2024-07-02 22:00 in Berlin to 2024-07-03 05:00 in Tokyo.
    let zone_from = |at: &str, zone| {
        story.world.context().state().unwrap().set_zone(&story.ann, Some(at.parse().unwrap()), zone).unwrap();
        story.refresh();
    };
    zone_from("2024-07-01T00:00:00Z", chrono_tz::Europe::Berlin);
    zone_from("2024-07-02T20:00:00Z", chrono_tz::Asia::Tokyo);
    for (from, to) in [("2024-07-01", "2024-07-02"), ("2024-07-02", "2024-07-02"), ("2024-07-03", "2024-07-03")] {
        check_days(&story, from, to);
    }
    // And from 2024-07-04 01:00 in Tokyo back to 2024-07-03 18:00 in Berlin.
    zone_from("2024-07-03T16:00:00Z", chrono_tz::Europe::Berlin);
    check_days(&story, "2024-07-01", "2024-07-02");
    let (message, code) = failure(correct::preview(&story.world.context(), &of_days("2024-07-03", "2024-07-03")));
    assert!(
        message.contains("2024-07-04 began twice") && message.contains("give an instant") && code == 2,
        "{message}"
    );
    let backwards = of_days("2024-07-03", "2024-07-01");
    let request = Request { period: backwards.which.period, ..Request::default() };
    let path = story.world.data().root().join("backwards.csv");
    for (message, _) in [
        failure(correct::preview(&story.world.context(), &backwards)),
        failure(to_file(&story.world.context(), &request, &path)),
    ] {
        assert!(message.contains("nothing lies between --from and --to"), "{message}");
    }
    let words = ["transform", "export", "--from", "July"];
    let refused = <Cli as clap::Parser>::try_parse_from(words).unwrap_err().to_string();
    assert!(refused.contains("neither a day (2024-07-03) nor an instant"), "{refused}");
}
