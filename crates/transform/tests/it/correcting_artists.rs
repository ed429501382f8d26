//! Corrections of artists: seen first, made, applied to later imports, taken back.

use platform::files::write_whole;
use transform::cli::{ArtistCommand, Cli, Command, CorrectCommand};
use transform::correct::artist::{self, Wanted};

use crate::story::Story;
use crate::world::failure;

/// What these tests look at.
const MODELS: &str = "fct_track_played dim_account bridge_artist_genre bridge_track_artist dim_artist dim_genre dim_track fct_artist_genre rpt_artists_not_found";

const PLAYS: &str = "
    play_id | account_id | source         | clock | kind  | ended_at             | ms_played | track_uri | track_name | album_artist_name
    p1aa    | ANN        | spotify_export | end   | track | 2024-07-01 10:03:00Z | 180000    | u1        | Song       | Beatles
    p2aa    | ANN        | spotify_export | end   | track | 2024-07-02 10:03:00Z | 60000     | u2        | Other      | The Beatles
    p3aa    | BO         | spotify_export | end   | track | 2024-07-03 10:03:00Z | 120000    | u3        | Third      | Simon & Co";

const MBID: &str = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d";

fn story() -> Story {
    Story::of(MODELS, PLAYS)
}

/// A correction as it is typed.
pub(crate) fn typed(words: &[&str]) -> Wanted {
    let mut all = vec!["transform", "correct", "artist", "add"];
    all.extend(words);
    let cli = <Cli as clap::Parser>::try_parse_from(all).unwrap_or_else(|error| panic!("{error}"));
    match cli.command {
        Command::Correct(CorrectCommand::Artist(ArtistCommand::Add(wanted))) => wanted,
        other => panic!("{other:?}"),
    }
}

/// Makes a correction after a look at it, and builds.
fn corrected(story: &Story, words: &[&str]) -> String {
    let context = story.world.context();
    let wanted = typed(words);
    artist::preview(&context, &wanted).unwrap();
    assert_eq!(story.refresh().counts["up_to_date"], true, "a preview changed something");
    let made = artist::add(&context, &wanted).unwrap();
    assert!(!story.refresh().counts.contains_key("up_to_date"), "a correction was not noticed");
    made.counts["correction_id"].as_str().unwrap().to_owned()
}

fn artists(story: &Story) -> String {
    story.ask(
        "select string_agg(artist_name || ':' || plays, ', ' order by artist_name)
         from (select artist_name, count(*) as plays
               from fct_track_played join bridge_track_artist using (track_id)
               join dim_artist on bridge_track_artist.artist_id = dim_artist.artist_id
               group by artist_name)",
    )
}

#[test]
fn artists_are_merged_split_renamed_and_masked_and_all_of_it_is_taken_back() {
    let mut story = story();
    let before = "\"Beatles:1, Simon & Co:1, The Beatles:1\"";
    assert_eq!(artists(&story), before);
    let merged = corrected(&story, &["merge", "beatles", "The Beatles"]);
    assert_eq!(artists(&story), "\"Simon & Co:1, The Beatles:2\"");
    story.receive(
        "play_id | account_id | source         | clock | kind  | ended_at             | ms_played | track_uri | track_name | album_artist_name
         late    | BO         | spotify_export | end   | track | 2024-08-01 10:03:00Z | 180000    | u9        | New        | BEATLES",
    );
    story.refresh();
    assert_eq!(artists(&story), "\"Simon & Co:1, The Beatles:3\"");
    // Who was merged is there no more, and a person is told why.
    let gone = artist::preview(&story.world.context(), &typed(&["rename", "beatles", "B"]));
    let (message, _) = failure(gone);
    assert!(
        message.contains("speaks of this artist (merge") && message.contains(&format!("undo {merged}")),
        "{message}"
    );
    let split = corrected(&story, &["split", "Simon & Co", "Simon", "The Beatles"]);
    assert_eq!(artists(&story), "\"Simon:1, The Beatles:4\"");
    let renamed = corrected(&story, &["rename", "Simon", "Paul Simon"]);
    let masked = corrected(&story, &["mask", "The Beatles", "Artist 1", "--reason", "a secret"]);
    assert_eq!(artists(&story), "\"Artist 1:4, Paul Simon:1\"");
    let context = story.world.context();
    let list = artist::list(&context).unwrap().text;
    assert!(list.contains("mask Artist 1") && list.contains("a secret") && list.contains(&merged), "{list}");
    for id in [&masked, &renamed, &split, &merged] {
        artist::undo(&context, id).unwrap();
    }
    story.refresh();
    // A name is shown as the newest play spells it.
    assert_eq!(artists(&story), "\"BEATLES:2, Simon & Co:1, The Beatles:1\"");
}

#[test]
fn an_artist_is_linked_and_given_genres() {
    let story = story();
    corrected(
        &story,
        &["link", "The Beatles", &format!("https://musicbrainz.org/artist/{}/releases", MBID.to_uppercase())],
    );
    corrected(&story, &["link", "Beatles", MBID]);
    corrected(&story, &["genre", "Beatles", "HipHop", "Brit Pop"]);
    corrected(&story, &["link", "Simon & Co", "none"]);
    assert_eq!(
        story.ask(&format!(
            "select count(distinct artist_group_id) || ' ' || count(*) from dim_artist where artist_mbid = '{MBID}'"
        )),
        "1 2"
    );
    assert_eq!(
        story.ask("select string_agg(genre_id || ' ' || weight, ', ' order by genre_id) from bridge_artist_genre join dim_artist using (artist_id) where artist_name = 'Beatles'"),
        "\"britpop 0.5, hip hop 0.5\""
    );
    assert_eq!(story.ask("select sum(weight) from fct_artist_genre"), "3.0");
    assert_eq!(
        story.ask("select outcome from rpt_artists_not_found where artist_name = 'Simon & Co'"),
        "not_at_musicbrainz"
    );
}

#[test]
fn what_makes_no_sense_is_refused_before_it_is_written() {
    let story = story();
    for (words, part) in [
        (&["merge", "Nobody", "Beatles"][..], "no artist called \"Nobody\""),
        (&["merge", "Beatles", "Nobody"], "no artist called \"Nobody\""),
        (&["merge", "Beatles", "beatles"], "into itself"),
        (&["merge", "Beatles", "The", "Beatles"], "one value"),
        (&["link", "Beatles", "beatles"], "\"beatles\" is no MBID"),
        (&["rename", "Beatles", "   "], "is empty"),
        (&["mask", "Beatles", ""], "is empty"),
        (&["split", "Simon & Co", "Simon", " "], "is empty"),
        (&["split", "Simon & Co", "Si;mon", "Co"], "has a ; in it"),
        (&["split", "Simon & Co", "Simon", "Simon"], "\"Simon\" is named twice"),
        (&["genre", "Beatles", "hip hop", "Hip Hop"], "\"Hip Hop\" is named twice"),
        (&["split", "Simon & Co", "Simon"], "two or more"),
        (
            &["genre", "Beatles", "hip hop", "britpopp"],
            "\"britpopp\" is no genre that is known here; the nearest is \"britpop\"",
        ),
    ] {
        let (message, code) = failure(artist::add(&story.world.context(), &typed(words)));
        assert!(message.contains(part) && code == 2, "{words:?} gave: {message}");
    }
    let path = story.world.data().corrections().join("artists.csv");
    assert!(!path.exists());
    corrected(&story, &["link", "Beatles", "none"]);
    let (message, _) = failure(artist::add(&story.world.context(), &typed(&["link", "Beatles", MBID])));
    assert!(message.contains("there is another link of this artist"), "{message}");
    let (message, _) = failure(artist::undo(&story.world.context(), "7"));
    assert!(message.contains("there is no correction \"7\""), "{message}");
}

#[test]
fn corrections_are_listed_by_name() {
    let story = story();
    corrected(&story, &["merge", "beatles", "The Beatles"]);
    corrected(&story, &["mask", "Simon & Co", "Artist 1"]);
    let list = artist::list(&story.world.context()).unwrap().text;
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[1].contains("merge The Beatles (name:") && lines[1].contains("Beatles (name:"), "{list}");
    assert!(lines[2].contains("mask Artist 1") && lines[2].contains("Artist 1 (name:"), "{list}");
    let path = story.world.data().corrections().join("artists.csv");
    assert!(!std::fs::read_to_string(path).unwrap().contains("Simon"), "who is masked is named in no file");
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_built() {
    let story = story();
    let path = story.world.data().corrections().join("artists.csv");
    for (text, part) in [
        ("id,action,artist\n", "artists.csv:1: the column `value` is missing"),
        ("id,action,artist,value\n1,forget,A,B\n", "artists.csv:2: column `action`: write one of link, merge"),
        ("id,action,artist,value\n1,link,A,B\n", "artists.csv:2: column `value`: write the MBID"),
        ("id,action,artist,value\n1,split,A,B;\n", "artists.csv:2: column `value`: write two artists"),
        ("id,action,artist,value\n1,merge,A,a\n", "artists.csv:2: column `value`: it is the artist that is to be"),
        ("id,action,artist,value\n1,merge,A,B\n2,merge,b,C\n", "artists.csv:3: column `value`: merge into the last"),
        ("id,action,artist,value\n1,mask,A,B\n2,mask,a,C\n", "artists.csv:3: column `artist`: there is another mask"),
        ("id,action,artist,value\n1,mask,A,B\n1,mask,C,B\n", "artists.csv:3: column `id`: there are two corrections"),
    ] {
        write_whole(&path, text.as_bytes()).unwrap();
        let (message, code) = failure(transform::jobs::refresh(&story.world.context(), None, false));
        assert!(message.contains(part) && code == 2, "{text:?} gave: {message}");
    }
    write_whole(&path, b"id,action,artist,value\nmine,split,Simon & Co, Simon ; Garfunkel ;\n").unwrap();
    story.refresh();
    assert_eq!(artists(&story), "\"Beatles:1, Garfunkel:1, Simon:1, The Beatles:1\"");
}
