//! Whole runs of the program.

use std::collections::HashMap;
use std::process::Stdio;

use chrono::TimeDelta;
use lake::schema::{ALBUMS, AREA_COORDINATES, ARTIST_LINKS, ARTISTS, LOOKUPS, TRACK_CREDITS};
use serde_json::json;
use simulator::facts::{Found, GenreSource};
use simulator::server::{Batch, ErrorBody, Fault, FaultKind, Options, RetryAfter, Rule, Service};

use crate::truth::{assert_known, everything, links};
use crate::world::{Ran, World};

#[test]
fn artists_are_who_they_are_by_every_way_there_is() {
    let world = World::of(150, Options::default()).with_token();
    let tracks = world.tracks();
    world.hear(&tracks);
    world.enrich().expect_ok();
    let links = links(&world);
    let (life, mut ways) = (world.life(), HashMap::new());
    for track in &tracks {
        let index = track.artists[0];
        let uri = life.catalogue().artist(index).uri().unwrap();
        let truth = life.facts().artist(index as usize);
        let found = links.get(&uri).map(String::as_str);
        if let Some(mbid) = found {
            let today = life.facts().artist_by_mbid(mbid).map(|artist| artist.mbid.as_str());
            assert_eq!(today, truth.mbid, "{uri} by {:?}", truth.found);
        }
        // A track without an ISRC cannot lead there.
        let can_be_found = match truth.found {
            Found::Linked | Found::Search => true,
            Found::Isrc => track.isrc.is_some(),
            Found::NameLookup | Found::Nowhere => false,
        };
        assert!(found.is_some() || !can_be_found, "{uri} is to be found by {:?}", truth.found);
        *ways.entry(truth.found).or_insert(0) += 1;
    }
    assert!([Found::Linked, Found::Isrc, Found::Search].iter().all(|way| ways.contains_key(way)), "{ways:?}");
}

#[test]
fn genres_and_places_are_those_of_the_world() {
    let world = World::of(120, Options::default());
    let tracks = world.tracks();
    world.hear(&tracks);
    world.enrich().expect_ok();
    assert_known(&world, &tracks);
    assert!(!world.rows(&ALBUMS).is_empty());
}

#[test]
fn names_of_an_export_become_artists() {
    let world = World::of(80, Options::default()).with_token();
    let tracks = world.tracks();
    world.import(&tracks);
    world.enrich().expect_ok();
    let (links, life) = (links(&world), world.life());
    let mut found = 0;
    for track in &tracks {
        let index = track.artists[0];
        let Some(mbid) = links.get(&life.catalogue().artist(index).name) else { continue };
        found += 1;
        let today = life.facts().artist_by_mbid(mbid).map(|artist| artist.mbid.as_str());
        assert_eq!(today, life.facts().artist(index as usize).mbid);
    }
    assert!(found > tracks.len() / 2, "{found} of {}", tracks.len());
    assert!(world.rows(&TRACK_CREDITS).is_empty(), "nobody is logged in at Spotify");
}

#[test]
fn a_second_run_asks_nothing_and_half_a_year_later_what_is_old() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    let first = world.enrich().expect_ok().count("requests");
    let requests = world.requests();
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
    assert_eq!(world.requests(), requests);
    let links_before = links(&world);
    world.wait(TimeDelta::days(181));
    let later = world.enrich().expect_ok().count("requests");
    assert!(later > 0 && later <= first + 5, "{later} after {first}");
    assert_eq!(links(&world), links_before);
    // Not what was found: who was not found is asked about again much earlier.
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

#[test]
fn who_was_not_found_is_looked_for_ever_later() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    world.wait(TimeDelta::days(6));
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
    world.wait(TimeDelta::days(2));
    assert!(world.enrich().expect_ok().count("requests") > 0);
    world.wait(TimeDelta::days(8));
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

#[test]
fn a_network_in_trouble_says_nothing_about_an_artist() {
    let world = World::of(20, Options::default());
    world.hear(&world.tracks());
    let faults: Vec<u64> = [Service::MusicBrainz, Service::ListenBrainz, Service::Wikidata]
        .into_iter()
        .map(|service| {
            world
                .server
                .switch_on(Fault::new(service, FaultKind::ServerError { status: 503, body: ErrorBody::default() }))
                .unwrap()
        })
        .collect();
    let ran = world.enrich();
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "failed"), "{}", ran.stderr);
    assert!(world.rows(&LOOKUPS).is_empty());
    faults.into_iter().for_each(|fault| assert!(world.server.switch_off(fault)));
    world.enrich().expect_ok();
    assert!(!links(&world).is_empty());
}

#[test]
fn a_run_that_could_not_ask_everybody_says_when_to_come_back() {
    let world = World::of(20, Options::default());
    world.hear(&world.tracks());
    let busy = FaultKind::RateLimited { retry_after: RetryAfter::Secs(3_600) };
    let fault = world.server.switch_on(Fault::new(Service::Wikidata, busy)).unwrap();
    let ran = world.enrich();
    assert_eq!((ran.exit_code, ran.report.status.as_str()), (75, "partial"), "{}", ran.stderr);
    let error = ran.report.error.unwrap();
    assert!(error.message.contains("Wikidata") && error.retry_at.is_some(), "{error:?}");
    assert!(!links(&world).is_empty(), "the others were asked");
    let is_bothered = world.server.request_log().iter().any(|line| line.service == Service::Nominatim);
    assert!(!is_bothered, "Nominatim is not asked for what Wikidata may know for many at a time");
    assert!(world.server.switch_off(fault));
    // Until then it is not asked at all.
    let asked = world.requests();
    let ran = world.enrich();
    assert_eq!((ran.exit_code, ran.count("requests"), world.requests()), (75, 0, asked), "{}", ran.stderr);
    world.wait(TimeDelta::hours(2));
    world.enrich().expect_ok();
}

#[test]
fn albums_that_only_tracks_at_spotify_name_are_asked_about() {
    let world = World::of(30, Options::default()).with_spotify();
    let tracks = world.tracks();
    world.import(&tracks);
    world.enrich().expect_ok();
    let catalogue = world.life().catalogue();
    let asked = world.pairs(&LOOKUPS, "subject", "method");
    for track in &tracks {
        let album = catalogue.collection(track.collection).uri().unwrap();
        let is_asked = asked.iter().any(|(who, how)| *who == album && how.as_deref() == Some("album_url"));
        assert!(is_asked, "{} is on {album}", track.uri);
    }
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

#[test]
fn batches_that_are_refused_are_asked_one_by_one() {
    let calm = World::of(12, Options::default());
    calm.hear(&calm.tracks());
    calm.enrich().expect_ok();
    let refused_batches = vec![Batch::Urls, Batch::Artists, Batch::Areas, Batch::Isrcs];
    let world = World::of(12, Options { refused_batches, ..Options::default() });
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    assert_eq!(links(&world), links(&calm));
    assert_eq!(world.rows(&AREA_COORDINATES), calm.rows(&AREA_COORDINATES));
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
}

/// What is alone was asked for by the same search, which is refused as well where searches are.
#[test]
fn works_that_no_search_finds_are_asked_for_artist_by_artist() {
    let world = World::of(60, Options { refused_batches: vec![Batch::Works], ..Options::default() });
    let tracks = world.tracks();
    world.hear_without_albums(&tracks);
    world.enrich().expect_ok();
    assert_known(&world, &tracks);
    let facts = world.life().facts();
    let sources = tracks.iter().map(|track| facts.artist(track.artists[0] as usize).genre_source);
    let sources: Vec<GenreSource> = sources.collect();
    assert!(sources.contains(&GenreSource::ReleaseGroups) && sources.contains(&GenreSource::Recordings), "{sources:?}");
}

/// Whether `tag:*` finds anything is the affair of a search engine: one that suddenly finds nothing would
/// have ended this way of asking without a word.
#[test]
fn a_search_that_finds_no_works_of_anybody_is_held_against_one_that_needs_no_search() {
    let world = World::of(60, Options::default());
    world.hear_without_albums(&world.tracks());
    let body = json!({"created": "2026-01-05T03:00:12.345Z", "count": 0, "offset": 0, "release-groups": []});
    let nothing = Fault::new(Service::MusicBrainz, FaultKind::Says { body }).at("release-groups").times(1);
    world.server.switch_on(nothing).unwrap();
    world.enrich().expect_ok();
    let asked = world.pairs(&LOOKUPS, "outcome", "method");
    let came = |outcome: &str| {
        let of_groups = asked.iter().filter(|(_, method)| method.as_deref() == Some("release_groups"));
        of_groups.filter(|(one, _)| one == outcome).count()
    };
    let (doubted, found, missed) = (came("crowded"), came("found"), came("none"));
    assert!(doubted == 1 && found + missed > 2, "{doubted}, {found}, {missed}");
    let log = world.server.request_log();
    assert_eq!(log.iter().filter(|line| line.endpoint == "release-groups").count(), 2);
}

#[test]
fn names_that_may_not_be_asked_for_together_are_asked_for_one_by_one() {
    let world = World::of(40, Options { refused_batches: vec![Batch::Names], ..Options::default() }).with_token();
    let calm = World::of(40, Options::default()).with_token();
    for world in [&world, &calm] {
        world.import(&world.tracks());
        world.enrich().expect_ok();
    }
    assert_eq!(links(&world), links(&calm));
    assert!(world.pairs(&ARTIST_LINKS, "subject", "method").iter().any(|(_, way)| way.as_deref() == Some("names")));
}

#[test]
fn a_limit_is_about_so_many_artists() {
    let world = World::of(40, Options::default());
    world.hear(&world.tracks());
    world.run(&["run", "--limit", "10"]).expect_ok();
    let asked: Vec<_> = world.pairs(&LOOKUPS, "subject", "subject_type");
    let artists = asked.iter().filter(|(_, kind)| kind.as_deref() == Some("spotify_artist"));
    let mut artists: Vec<_> = artists.map(|(subject, _)| subject).collect();
    artists.dedup();
    artists.sort();
    artists.dedup();
    assert_eq!(artists.len(), 10);
    world.enrich().expect_ok();
    let whole = World::of(40, Options::default());
    whole.hear(&whole.tracks());
    whole.enrich().expect_ok();
    assert_eq!(links(&world), links(&whole));
}

#[test]
fn only_what_was_wished_is_asked() {
    let world = World::of(20, Options::default());
    world.hear(&world.tracks());
    world.run(&["run", "--only", "listenbrainz,geo"]).expect_ok();
    assert_eq!(world.requests(), 0, "without MusicBrainz there is nothing to ask about");
    world.run(&["run", "--only", "musicbrainz"]).expect_ok();
    assert!(world.server.request_log().iter().all(|line| line.service == Service::MusicBrainz));
}

#[test]
fn a_replay_gives_the_same_rows_without_the_network() {
    let world = World::of(40, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    let (before, requests) = (everything(&world), world.requests());
    assert!(world.run(&["replay"]).expect_ok().count("answers") > 0);
    assert_eq!(everything(&world), before);
    // The tables can be lost altogether.
    std::fs::remove_dir_all(world.path("src/lookups")).unwrap();
    std::fs::remove_dir_all(world.path("src/artists")).unwrap();
    world.run(&["replay"]).expect_ok();
    assert_eq!(everything(&world), before);
    assert_eq!(world.requests(), requests);
}

#[test]
fn several_programs_at_once_keep_one_pace() {
    let mut world = World::of(30, Options::default());
    world.spacing_ms = 40;
    world.hear(&world.tracks());
    // Two of three find the data folder taken; whoever works keeps the pace, and so does the next.
    let several: Vec<_> = (0..3).map(|_| world.start(&["run", "--limit", "10"])).collect();
    let codes: Vec<_> = several.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    assert!(codes.contains(&Some(0)) && codes.iter().all(|code| matches!(code, Some(0 | 75))), "{codes:?}");
    let ran = world.enrich();
    assert_eq!(ran.exit_code, 0, "{}", ran.stderr);
    world.assert_pace();
}

#[test]
fn programs_of_two_data_folders_keep_one_pace() {
    let mut world = World::of(30, Options::default());
    (world.spacing_ms, world.is_paced_together) = (40, true);
    world.hear(&world.tracks());
    let mut other = world.elsewhere(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    world.enrich().expect_ok();
    assert_eq!(other.wait().unwrap().code(), Some(0));
    world.assert_pace();
}

#[test]
fn a_contact_is_missed_before_the_first_request_and_in_the_report() {
    let mut world = World::of(10, Options::default());
    world.forgiven.push(Rule::Contact);
    world.hear(&world.tracks());
    let ran = Ran::of(&world.command(&["run"]).env_remove("CONTACT").output().unwrap());
    assert!(ran.stderr.contains("CONTACT is not set"), "{}", ran.stderr);
    assert!(ran.report.warnings.iter().any(|warning| warning.starts_with("CONTACT is not set")));
    // Nobody is asked, nobody has to know.
    let ran = Ran::of(&world.command(&["run"]).env_remove("CONTACT").output().unwrap());
    assert!(!ran.stderr.contains("CONTACT"), "{}", ran.stderr);
}

#[test]
fn an_artist_whom_somebody_linked_by_hand_is_described() {
    let world = World::of(30, Options::default());
    let facts = world.life().facts();
    let somebody = facts.artists.iter().find(|artist| artist.former_mbid.is_none()).unwrap();
    let line = format!("id,action,artist,value\nc1,link,Nobody in particular,{}\n", somebody.mbid);
    let path = world.path("corrections/artists.csv");
    platform::files::write_whole(&path, line.as_bytes()).unwrap();
    world.enrich().expect_ok();
    let described = world.pairs(&ARTISTS, "artist_ref", "service");
    assert!(described.iter().any(|(mbid, _)| *mbid == somebody.mbid), "{described:?}");
}

/// Three sources name the same people in three ways.
#[test]
fn a_run_and_the_status_count_the_same() {
    let world = World::of(30, Options::default());
    let tracks = world.tracks();
    world.hear_without_albums(&tracks[..10]);
    world.listen(&tracks[5..20]);
    world.import(&tracks[15..]);
    let ran = world.enrich().expect_ok();
    let status = world.run(&["status"]).expect_ok();
    let counted = (ran.count("identities_known"), ran.count("identities"));
    assert_eq!(counted, (status.count("known_at_musicbrainz"), status.count("known_at_musicbrainz_of")));
    assert!(counted.0 > 10 && counted.1 > 30, "{counted:?}");
}
