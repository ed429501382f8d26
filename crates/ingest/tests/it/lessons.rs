//! What went wrong in the project that this one replaces, and in its peers, and must not here:
//! each test is named after what it protects.

use chrono::TimeDelta;
use lake::schema::{PLAY_CREDITS, PLAYS};
use serde_json::{Value, json};
use simulator::server::{ErrorBody, Fault, FaultKind, RetryAfter, Service};

use crate::polls::page;
use crate::spotify::Spotify;
use crate::upstream::Upstream;
use crate::world::{AUDIO, Ran, World, row, rows};

fn poll(world: &World, spotify: &Spotify) -> Ran {
    Ran::of(&world.command(&["spotify"]).envs(spotify.settings("a-login")).output().unwrap())
}

/// B1: a fraction of a second made every time null, and the plays vanished from all reports.
#[test]
fn every_play_keeps_its_time_however_it_is_written() {
    let (world, spotify) = (World::new(), Spotify::start());
    let mut list = page(0..4);
    let written = [
        "2024-01-01T00:03:58.123Z",
        "2024-01-01T00:02:00Z",
        "2024-01-01T00:01:00.1+00:00",
        "2024-01-01T00:00:01.123456",
    ];
    for (item, played_at) in list["items"].as_array_mut().unwrap().iter_mut().zip(written) {
        item["played_at"] = json!(played_at);
    }
    spotify.plays(list);
    poll(&world, &spotify).expect_counts(4, 0, 0, 0);
    let rows = world.rows(&PLAYS, &[]);
    let column = |name: &str| PLAYS.columns.iter().position(|column| column.name == name).unwrap();
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        assert!(!cells[column("ended_at")].contains("Null") && !cells[column("started_at")].contains("Null"), "{row}");
    }
}

/// B2: the history was deleted before the new one was written, and a failure was a success.
#[test]
fn a_write_that_fails_is_a_failure_and_takes_nothing_away() {
    let world = World::new();
    world.import(&world.zip("a.zip", &[(AUDIO, rows((0..50).map(|n| row(n, n))))])).expect_ok();
    let before = world.rows(&PLAYS, &[]);
    // Where the manifest would be written stands something that cannot be overwritten.
    std::fs::create_dir_all(world.path("data/src/plays/manifest.json.partial/in-the-way")).unwrap();
    let ran = world.import(&world.zip("b.zip", &[(AUDIO, rows((90..99).map(|n| row(n, n))))]));
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (1, "failed"), "{}", ran.stderr);
    assert_eq!(world.rows(&PLAYS, &[]), before);
    std::fs::remove_dir_all(world.path("data/src/plays/manifest.json.partial")).unwrap();
    world.import(&world.zip("b.zip", &[(AUDIO, rows((90..99).map(|n| row(n, n))))])).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]).len(), 59);
}

/// B4: errors of the API became "success, 0 records"; a request without an end hung for ever.
#[test]
fn no_error_of_a_service_looks_like_a_list_without_plays() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let troubles = [
        (FaultKind::RateLimited { retry_after: RetryAfter::Secs(30) }, 75),
        (FaultKind::RateLimited { retry_after: RetryAfter::Date(90) }, 75),
        (FaultKind::RateLimited { retry_after: RetryAfter::Absent }, 75),
        (FaultKind::QuotaExceeded { retry_after: RetryAfter::Secs(48_925) }, 75),
        (FaultKind::ServerError { status: 500, body: ErrorBody::Empty }, 75),
        (FaultKind::ServerError { status: 503, body: ErrorBody::Html }, 75),
        (FaultKind::Truncated {}, 75),
        (FaultKind::Dropped {}, 75),
        (FaultKind::NotJson {}, 75),
        (FaultKind::Says { body: json!({}) }, 75),
        (FaultKind::Says { body: json!([]) }, 75),
        (FaultKind::Says { body: json!({"items": null}) }, 75),
        (FaultKind::Says { body: json!({"error": {"status": 500}}) }, 75),
        (FaultKind::Oversized { bytes: 64 << 20 }, 75),
        (FaultKind::Hang {}, 75),
        (FaultKind::ExpiredToken {}, 75),
        (FaultKind::PremiumLapsed {}, 3),
        (FaultKind::NotAllowListed {}, 3),
    ];
    for (kind, exit_code) in troubles {
        let said = format!("{kind:?}");
        let fault = upstream.server.switch_on(Fault::new(Service::Spotify, kind).at("recently-played")).unwrap();
        let mut command = world.command_at(&upstream, &["spotify"]);
        let ran =
            Ran::of(&command.envs([("MUSIC_HTTP__TIMEOUT_SECS", "2"), ("MUSIC_HTTP__RETRIES", "0")]).output().unwrap());
        assert_eq!((ran.exit_code, ran.report.status.as_str()), (exit_code, "failed"), "{said}: {}", ran.stderr);
        upstream.server.switch_off(fault);
        upstream.wait(TimeDelta::hours(14));
    }
    let now = upstream.server.now();
    let ran = world.job(&upstream, &["spotify"]).expect_ok();
    assert_eq!((ran.count("stored"), now), (50, upstream.server.now()));
}

/// B4, at the other services.
#[test]
fn no_json_of_a_service_looks_like_a_list_without_listens() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.connect_listenbrainz(&upstream);
    world.connect_lastfm(&upstream);
    let bodies = [
        (Service::LastFm, "lastfm", json!({})),
        (Service::LastFm, "lastfm", json!({"recenttracks": {}})),
        (Service::LastFm, "lastfm", json!({"recenttracks": {"track": null}})),
        (Service::ListenBrainz, "listenbrainz", json!({})),
        (Service::ListenBrainz, "listenbrainz", json!({"payload": {}})),
    ];
    for (service, job, body) in bodies {
        let said = body.to_string();
        let fault = upstream.server.switch_on(Fault::new(service, FaultKind::Says { body })).unwrap();
        let ran = world.job(&upstream, &[job]);
        assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "failed"), "{job}, {said}: {}", ran.stderr);
        upstream.server.switch_off(fault);
    }
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    world.job(&upstream, &["lastfm"]).expect_ok();
    assert_eq!(world.plays_stored(), upstream.listens() + upstream.scrobbles());
}

/// B5: retries were dead code.
#[test]
fn a_passing_trouble_is_waited_out_within_the_run() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let trouble = FaultKind::ServerError { status: 502, body: ErrorBody::Html };
    upstream.server.switch_on(Fault::new(Service::Spotify, trouble).at("recently-played").times(2)).unwrap();
    world.job(&upstream, &["spotify"]).expect_counts(50, 0, 0, 0);
}

/// B6: a cursor behind the newest play lost whatever Spotify listed late.
#[test]
fn plays_that_are_listed_days_late_are_stored() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_ok();
    let late = FaultKind::LatePlays { delay_secs: 26 * 3_600, per_mille: 500 };
    upstream.server.switch_on(Fault::new(Service::Spotify, late)).unwrap();
    for _ in 0..40 {
        upstream.wait(TimeDelta::hours(3));
        world.job(&upstream, &["spotify"]).expect_ok();
    }
    let served = upstream.server.served(Service::Spotify, "ada");
    let fates = upstream.server.fates("ada");
    assert!(fates.late.intersection(&served).count() > 1, "{fates:?}");
    assert_eq!(world.rows(&PLAYS, &[]).len(), served.len());
}

/// B7: the cursor of ListenBrainz stood at the oldest listen, so everything was read again and
/// again, and the history before the newest page never.
#[test]
fn listens_of_all_programs_come_once_and_from_the_beginning() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.says(&upstream, &["account", "connect", "listenbrainz", "--user", "ada-listens"]);
    world.job(&upstream, &["listenbrainz"]).expect_ok();
    let first = world.rows(&PLAYS, &[]);
    assert!(first.len() > 1_000, "more than one page");
    for _ in 0..3 {
        let ran = world.job(&upstream, &["listenbrainz"]).expect_ok();
        assert_eq!((ran.count("stored"), ran.count("changed")), (0, 0));
    }
    assert_eq!(world.rows(&PLAYS, &[]), first);
}

/// B8: one rule dropped real repeats, the other kept the same play twice.
#[test]
fn a_play_that_is_told_twice_is_one_and_a_song_that_is_heard_twice_is_two() {
    let (world, spotify) = (World::new(), Spotify::start());
    let mut list = page(0..3);
    list["items"][0]["track"] = list["items"][1]["track"].clone();
    spotify.plays(list.clone());
    poll(&world, &spotify).expect_counts(3, 0, 0, 0);
    // Another popularity, another cursor: no other play.
    for item in list["items"].as_array_mut().unwrap() {
        item["track"]["popularity"] = json!(77);
    }
    list["cursors"] = json!({"after": "1704067300000"});
    spotify.plays(list);
    poll(&world, &spotify).expect_counts(0, 3, 0, 0);
    // Local files have no id: told thrice they are one, too.
    let mut local = page(10..11);
    local["items"][0]["track"] =
        json!({"id": null, "uri": null, "is_local": true, "name": "Tape", "artists": [{"name": "Me"}]});
    for _ in 0..3 {
        spotify.plays(local.clone());
        poll(&world, &spotify).expect_ok();
    }
    assert_eq!(world.rows(&PLAYS, &[]).len(), 4);
}

/// B20: only the first artist of a track was kept.
#[test]
fn every_credited_artist_is_kept_in_order() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..10));
    poll(&world, &spotify).expect_ok();
    let credits = world.rows(&PLAY_CREDITS, &["observation_id", "account_id", "run_id"]);
    assert_eq!(credits.len(), 20);
    assert_eq!(credits.iter().filter(|credit| credit.contains("spotify:artist:b")).count(), 10);
}

/// B21: one broken file stopped the loading of everything.
#[test]
fn one_broken_item_or_file_does_not_stop_the_others() {
    let world = World::new();
    let good = rows((0..20).map(|n| row(n, n)));
    let files = [
        ("endsong_0.json", good),
        ("endsong_1.json", "[{\"ts\": \"2024".to_owned()),
        ("endsong_2.json", rows((40..60).map(|n| row(n, n)))),
    ];
    assert_eq!(world.import(&world.zip("a.zip", &files)).count("stored"), 40);
    let spotify = Spotify::start();
    let mut list = page(100..110);
    list["items"][4] = json!("nonsense");
    spotify.plays(list);
    assert_eq!(poll(&world, &spotify).count("stored"), 9);
}

/// B22: what was received was deleted after a week.
#[test]
fn what_was_received_is_kept_for_ever() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..50));
    poll(&world, &spotify).expect_ok();
    let raw = world.files("raw");
    let mut later = world.command(&["compact"]);
    assert!(later.env("TRACKER_NOW", "2050-01-01T00:00:00Z").status().unwrap().success());
    assert_eq!(world.files("raw"), raw);
    std::fs::remove_dir_all(world.path("data/src")).unwrap();
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]).len(), 50);
}

/// Apps in development mode get objects with fewer fields, and Spotify has taken away more and
/// more of them: whatever goes next, a play stays a play.
#[test]
fn a_play_is_a_play_without_any_one_of_its_fields() {
    fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(object) = value.as_object() {
            for (key, inner) in object {
                let path = format!("{at}/{key}");
                paths(inner, &path, found);
                found.push(path);
            }
        }
    }
    let whole = page(0..1);
    let mut found = Vec::new();
    paths(&whole["items"][0], "", &mut found);
    assert!(found.len() > 8, "{found:?}");
    for path in found.iter().filter(|path| !["/played_at", "/track"].contains(&path.as_str())) {
        let mut reduced = whole.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        let item = &mut reduced["items"][0];
        item.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        let body = reduced.to_string();
        let page = ingest::spotify::page::parse(body.as_bytes(), 1_790_000_000_000).unwrap();
        assert_eq!((page.rows.len(), page.rejected.len()), (1, 0), "without {path}");
    }
}
