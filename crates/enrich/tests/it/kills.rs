//! The real program, killed at random moments. After a plain re-run nothing tells that it happened.

use std::collections::HashSet;
use std::io;
use std::process::Child;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lake::schema::LOOKUPS;
use serde_json::{Value, json};
use simulator::server::Options;

use crate::pages::poll;
use crate::truth::everything;
use crate::world::World;

/// A knob of the test: `MUSIC_KILLS=50 MUSIC_ARTISTS=20000` takes its time.
fn knob(name: &str, otherwise: usize) -> usize {
    #[allow(clippy::disallowed_methods, reason = "a knob of the test, not a setting of the program")]
    std::env::var(name).ok().and_then(|count| count.parse().ok()).unwrap_or(otherwise)
}

/// Kills the process after so much time, unless it ends before.
fn kill_after(mut child: Child, time: Duration) {
    let mut stdout = child.stdout.take().unwrap();
    let (tell, ended) = mpsc::channel();
    // Its output ends when it does; to look for that again and again would take its time from it.
    std::thread::spawn(move || tell.send(io::copy(&mut stdout, &mut io::sink())));
    drop(ended.recv_timeout(time));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Every question that was answered about somebody. Who found no room in an answer was not answered.
fn answered(world: &World) -> Vec<String> {
    let rows =
        world.rows(&LOOKUPS).into_iter().filter(|row| !row.contains("\"crowded\"") && !row.contains("\"refused\""));
    rows.map(|row| row.split('|').take(4).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_happened() {
    let (artists, kills) = (knob("MUSIC_ARTISTS", 150), knob("MUSIC_KILLS", 6));
    kill_again_and_again(kills, || {
        let world = World::of(artists, Options::default()).with_token();
        world.hear(&world.tracks());
        world
    });
}

/// Names without a link, looked up at Spotify, and pages of polls.
#[test]
fn so_does_a_run_that_asks_spotify_and_reads_pages() {
    kill_again_and_again(knob("MUSIC_KILLS", 6), || {
        let world = World::of(60, Options::default()).with_spotify();
        let mut tracks = world.tracks();
        // An album by two tells who the other is, and whoever is told first is not asked about.
        tracks.retain(|track| world.life().catalogue().collection(track.collection).also_by.is_none());
        world.hear(&tracks[..20]);
        world.import(&tracks[20..]);
        for (number, track) in (1..).zip(&tracks[..5]) {
            poll(&world, number, &[page(&track.uri, number)]);
        }
        world
    });
}

fn page(uri: &str, number: u64) -> Value {
    json!({"uri": uri, "explicit": true, "popularity": number,
           "album": {"uri": format!("spotify:album:{number}"), "name": "Album", "artists": [{"name": "Ann"}]}})
}

fn kill_again_and_again(kills: usize, hear: impl Fn() -> World) {
    let calm = hear();
    let begun = Instant::now();
    calm.enrich().expect_ok();
    let (whole, requests) = (begun.elapsed(), calm.requests());

    let world = hear();
    for kill in 0..kills {
        // The golden ratio spreads any number of moments evenly; together they are as long as a run.
        let share = (kill as f64 * 0.618_033_988_749 + 0.1) % 1.0;
        kill_after(world.start(&["run"]), whole.mul_f64(2.0 * share / kills as f64));
    }
    world.enrich().expect_ok();
    for (table, (found, expected)) in everything(&world).iter().zip(everything(&calm)).enumerate() {
        // Whom a batch was about that Spotify refused once and for all says nothing of anybody.
        let told =
            |rows: &[String]| rows.iter().filter(|row| !row.contains("\"refused\"")).cloned().collect::<Vec<_>>();
        let (found, expected) = (&told(found), told(&expected));
        let other = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|row| !those.contains(row)).cloned().collect()
        };
        let (more, less) = (other(found, &expected), other(&expected, found));
        assert!(*found == expected, "table {table} differs after {kills} kills: {more:#?} instead of {less:#?}");
    }
    let all = answered(&world);
    let once: HashSet<&String> = all.iter().collect();
    assert_eq!(all.len(), once.len(), "somebody was asked about again");
    // What was on its way when the program was killed is asked for again: at each service one question.
    let most = requests + kills * simulator::server::Service::ALL.len();
    assert!(world.requests() <= most, "{} requests instead of {requests}", world.requests());
    assert!(!world.path("src/facts-half-done").exists());
}
