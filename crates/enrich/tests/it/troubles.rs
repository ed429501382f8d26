//! Runs while services are in trouble: what is asked then, and of whom.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lake::cache::{Cache, CachedAnswer};
use lake::schema::{ALBUMS, AREA_COORDINATES, ARTIST_LINKS, ARTISTS, LOOKUPS};
use serde_json::json;
use simulator::Item;
use simulator::facts::{Found, VARIOUS_ARTISTS_MBID};
use simulator::server::{ErrorBody, Fault, FaultKind, Options, Service, Shape};

use crate::world::World;

fn unavailable() -> FaultKind {
    FaultKind::ServerError { status: 503, body: ErrorBody::default() }
}

/// How often a service was asked.
fn requests(world: &World, service: Service) -> usize {
    world.server.request_log().iter().filter(|line| line.service == service).count()
}

/// The kept answers to one way of asking.
fn kept(world: &World, method: &str) -> Vec<CachedAnswer> {
    let cache = Cache::new(&world.data());
    let answers = cache.answer_ids().unwrap().into_iter().map(|id| cache.read(&id).unwrap());
    answers.filter(|answer| answer.question.method == method).collect()
}

#[test]
fn whoever_knows_one_place_at_a_time_does_not_stand_in_for_wikidata() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    let fault = world.server.switch_on(Fault::new(Service::Wikidata, unavailable())).unwrap();
    assert_eq!(world.enrich().report.status, "partial");
    assert_eq!(requests(&world, Service::Nominatim), 0);
    assert!(world.server.switch_off(fault));
    world.enrich().expect_ok();
    assert!(requests(&world, Service::Nominatim) > 0);
    assert!(!world.rows(&AREA_COORDINATES).is_empty());
}

#[test]
fn a_place_is_asked_for_by_name_only_where_its_country_is_known() {
    let world = World::of(120, Options::default());
    world.hear(&world.tracks());
    // The cities are told, and what they are part of is not.
    world.server.switch_on(Fault::new(Service::MusicBrainz, unavailable()).at("area-search").after(1)).unwrap();
    world.enrich();
    world.run(&["run", "--only", "geo"]);
    world.server.clear_faults();
    world.enrich().expect_ok();
    let places = kept(&world, "place");
    assert!(!places.is_empty());
    for answer in places {
        let url = answer.question.url;
        assert!(url.contains("countrycodes=") || url.contains("country="), "{url}");
    }
}

#[test]
fn an_answer_that_says_nothing_sends_nobody_to_the_next_way_of_asking() {
    let world = World::of(40, Options::default());
    world.hear(&world.tracks());
    let odd = FaultKind::Says { body: json!({"error": "come back later"}) };
    let fault = world.server.switch_on(Fault::new(Service::MusicBrainz, odd).at("url")).unwrap();
    world.enrich();
    let asked = |endpoint: &str| world.server.request_log().iter().filter(|line| line.endpoint == endpoint).count();
    assert!(asked("url") > 0);
    assert_eq!((asked("isrc"), asked("artist-search"), asked("recording-search")), (0, 0, 0));
    assert!(world.server.switch_off(fault));
    world.wait(TimeDelta::days(2));
    world.enrich().expect_ok();
    assert!(!world.rows(&ARTIST_LINKS).is_empty());
}

#[test]
fn a_question_that_a_service_chokes_on_does_not_keep_the_others_from_being_asked() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    // As often as it is tried: the first search for a name never gets an answer.
    world.server.switch_on(Fault::new(Service::MusicBrainz, unavailable()).at("artist-search").times(3)).unwrap();
    let ran = world.enrich();
    assert_eq!(ran.report.status, "partial", "{}", ran.stderr);
    assert!(kept(&world, "search").len() > 1);
    let searched = |world: &World| {
        kept(world, "search").into_iter().map(|answer| answer.question.subjects[0].id.clone()).collect::<Vec<_>>()
    };
    let before = searched(&world);
    world.enrich().expect_ok();
    assert_eq!(searched(&world).len(), before.len() + 1, "it is asked again in the next run");
}

#[test]
fn what_got_no_answer_comes_last_in_the_next_run() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    world.run(&["run", "--only", "listenbrainz"]).expect_ok();
    // Two in a row: nobody can tell whether it is the questions or the service.
    let fault = Fault::new(Service::MusicBrainz, FaultKind::Oversized { bytes: 17 << 20 }).at("artist-search").times(2);
    world.server.switch_on(fault).unwrap();
    world.enrich();
    assert!(kept(&world, "search").is_empty());
    world.server.clear_faults();
    world.enrich().expect_ok();
    let answers = kept(&world, "search");
    let last: Vec<&str> = answers.iter().rev().take(2).map(|answer| answer.question.subjects[0].id.as_str()).collect();
    let notes = std::fs::read_to_string(world.path("cache/no-answer.json")).unwrap();
    assert!(answers.len() > 2 && last.iter().all(|id| !notes.contains(id)), "{last:?} {notes}");
}

#[test]
fn an_answer_that_lost_bytes_is_named_and_asked_for_again() {
    let world = World::of(30, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    let (links, answers) = (world.rows(&ARTIST_LINKS), kept(&world, "url"));
    let path = world.path("cache").join(format!("{}.zst", answers[0].answer_id));
    let bytes = std::fs::read(&path).unwrap();
    platform::files::write_whole(&path, &bytes[..bytes.len() / 2]).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let names_it = |warnings: &[String]| warnings.iter().any(|warning| warning.contains(&name));
    let replayed = world.run(&["replay"]).expect_ok();
    assert!(names_it(&replayed.report.warnings), "{:?}", replayed.report.warnings);
    assert!(world.rows(&ARTIST_LINKS).len() < links.len());
    let ran = world.enrich().expect_ok();
    assert!(names_it(&ran.report.warnings), "{:?}", ran.report.warnings);
    assert_eq!(world.rows(&ARTIST_LINKS), links);
    std::fs::remove_file(&path).unwrap();
    assert!(!names_it(&world.enrich().expect_ok().report.warnings));
}

#[test]
fn a_token_that_is_not_accepted_takes_away_what_needs_one_and_nothing_else() {
    let world = World::of(40, Options::default()).with_wrong_token();
    world.import(&world.tracks());
    let ran = world.enrich();
    assert_eq!(ran.report.status, "partial", "{}", ran.stderr);
    assert!(format!("{:?}", ran.report).contains("LISTENBRAINZ_TOKEN"), "{:?}", ran.report);
    assert!(kept(&world, "names").is_empty());
    assert!(!kept(&world, "popularity").is_empty() && !kept(&world, "tags").is_empty());
    let refused = world.server.request_log().iter().filter(|line| line.status == Some(401)).count();
    assert_eq!(refused, 1, "a token that was refused is not sent again");
}

#[test]
fn a_title_that_is_too_long_is_left_out_and_the_others_are_asked_for_together() {
    let world = World::of(60, Options::default()).with_token();
    let mut tracks: Vec<Item> = world.tracks().into_iter().cloned().collect();
    let facts = world.life().facts();
    let lost = |item: &Item| matches!(facts.artist(item.artists[0] as usize).found, Found::NameLookup | Found::Nowhere);
    let long = tracks.iter_mut().find(|item| lost(item)).unwrap();
    long.title = "la ".repeat(90);
    world.hear(&tracks.iter().collect::<Vec<_>>());
    world.enrich().expect_ok();
    let answers = kept(&world, "names");
    assert!(!answers.is_empty() && answers.iter().all(|answer| answer.question.status == 200));
}

#[test]
fn a_limit_gets_on_from_run_to_run_whatever_way_artists_are_named() {
    let world = World::of(60, Options::default()).with_token();
    let tracks = world.tracks();
    world.import(&tracks[..10]);
    world.run(&["run", "--limit", "5"]).expect_ok();
    world.run(&["run", "--limit", "5"]).expect_ok();
    let asked = |world: &World| {
        let answers = kept(world, "names").into_iter().chain(kept(world, "search"));
        answers.flat_map(|answer| answer.question.subjects).map(|subject| subject.id).collect::<BTreeSet<_>>()
    };
    assert_eq!(asked(&world).len(), 10);
    // Those that a source names itself take part as well.
    world.listen(&tracks[20..25]);
    let before = world.rows(&ARTISTS).len();
    world.run(&["run", "--limit", "5"]).expect_ok();
    assert!(world.rows(&ARTISTS).len() > before);
    assert_eq!(world.run(&["run", "--limit", "5"]).expect_ok().count("requests"), 0);
}

#[test]
fn artists_who_miss_what_a_service_in_trouble_did_not_tell_are_within_the_limit() {
    let world = World::of(40, Options::default());
    world.hear(&world.tracks()[..5]);
    let fault = world.server.switch_on(Fault::new(Service::ListenBrainz, unavailable())).unwrap();
    world.enrich();
    assert!(kept(&world, "tags").is_empty() && !kept(&world, "artists").is_empty());
    assert!(world.server.switch_off(fault));
    world.run(&["run", "--limit", "5"]).expect_ok();
    assert!(!kept(&world, "tags").is_empty());
}

#[test]
fn an_artist_that_stands_for_nobody_is_not_asked_about() {
    let world = World::of(40, Options::default());
    let tracks = world.tracks();
    let mut various = tracks[0].clone();
    let facts = world.life().facts();
    let index = (0..facts.spotify_artists.len()).find(|index| facts.artist(*index).mbid == Some(VARIOUS_ARTISTS_MBID));
    various.artists = vec![u32::try_from(index.expect("a compilation")).unwrap()];
    world.listen(&[&various, tracks[1], tracks[2]]);
    world.enrich().expect_ok();
    let subjects = kept(&world, "artists").into_iter().flat_map(|answer| answer.question.subjects);
    let asked: Vec<String> = subjects.map(|subject| subject.id).collect();
    assert!(!asked.is_empty() && !asked.iter().any(|mbid| mbid == VARIOUS_ARTISTS_MBID));
}

#[test]
fn an_address_that_musicbrainz_took_away_links_nobody_any_more() {
    let world = World::of(60, Options::default());
    let facts = world.life().facts();
    let lost = |item: &&Item| facts.artist(item.artists[0] as usize).found == Found::Nowhere;
    let track = world.tracks().into_iter().find(lost).unwrap();
    let uri = world.life().catalogue().artist(track.artists[0]).uri().unwrap();
    let wrong = &facts.artists.iter().find(|artist| artist.former_mbid.is_none()).unwrap().mbid;
    world.hear_without_albums(&[track]);
    let address = format!("https://open.spotify.com/artist/{}", uri.rsplit(':').next().unwrap());
    let relation = json!({"type": "free streaming", "artist": {"id": wrong, "name": "Somebody else"}});
    let body = json!({"resource": address, "relations": [relation]});
    let fault = world.server.switch_on(Fault::new(Service::MusicBrainz, FaultKind::Says { body }).at("url")).unwrap();
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 1);
    assert!(world.server.switch_off(fault));
    world.wait(TimeDelta::days(181));
    assert_eq!(world.enrich().expect_ok().count("identities_known"), 0);
    let described = kept(&world, "artists").len();
    world.wait(TimeDelta::days(181));
    world.enrich().expect_ok();
    assert_eq!(kept(&world, "artists").len(), described, "whom nobody is linked to is not asked about");
}

#[test]
fn a_name_that_a_search_linked_is_searched_for_again_when_the_answer_is_old() {
    let world = World::of(40, Options::default());
    world.import(&world.tracks());
    world.enrich().expect_ok();
    let linked: BTreeSet<String> =
        world.pairs(&ARTIST_LINKS, "subject", "method").into_iter().map(|(name, _)| name).collect();
    assert!(!linked.is_empty());
    let searched = |world: &World| {
        let subjects = kept(world, "search").into_iter().flat_map(|answer| answer.question.subjects);
        subjects.filter(|subject| linked.contains(&subject.id)).count()
    };
    assert_eq!(searched(&world), linked.len());
    world.wait(TimeDelta::days(181));
    world.enrich().expect_ok();
    assert_eq!(searched(&world), 2 * linked.len());
}

#[test]
fn whom_a_person_corrected_is_not_looked_for() {
    let world = World::of(30, Options::default());
    let tracks = world.tracks();
    world.hear_without_albums(&tracks[..2]);
    world.import(&tracks[2..4]);
    let catalogue = world.life().catalogue();
    let uri = catalogue.artist(tracks[0].artists[0]).uri().unwrap();
    let name = &catalogue.artist(tracks[2].artists[0]).name;
    let lines = format!("id,action,artist,value\nc1,link,{uri},none\nc2,link,\"{name}\",none\n");
    platform::files::write_whole(&world.path("corrections/artists.csv"), lines.as_bytes()).unwrap();
    world.enrich().expect_ok();
    let asked: BTreeSet<String> =
        world.pairs(&LOOKUPS, "subject", "subject_type").into_iter().map(|(subject, _)| subject).collect();
    assert!(!asked.contains(&uri) && !asked.contains(name), "{asked:?}");
    assert!(asked.contains(&catalogue.artist(tracks[1].artists[0]).uri().unwrap()));
}

#[test]
fn a_release_that_a_search_does_not_know_is_looked_up_by_its_id() {
    let world = World::of(20, Options::default());
    world.hear(&world.tracks());
    let body = json!({"releases": []});
    world.server.switch_on(Fault::new(Service::MusicBrainz, FaultKind::Says { body }).at("releases")).unwrap();
    world.enrich().expect_ok();
    assert!(!kept(&world, "release").is_empty() && !world.rows(&ALBUMS).is_empty());
}

/// The page that says so came with status 200 once, and each try makes it worse.
#[test]
fn a_nominatim_that_shuts_us_out_is_left_alone_for_a_while() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    let blocked = Fault::new(Service::Nominatim, FaultKind::Blocked { status: 200 });
    let fault = world.server.switch_on(blocked).unwrap();
    assert_eq!(world.enrich().report.status, "partial");
    assert_eq!(requests(&world, Service::Nominatim), 1);
    world.enrich();
    assert_eq!(requests(&world, Service::Nominatim), 1);
    assert!(world.server.switch_off(fault));
    world.wait(TimeDelta::minutes(2));
    world.enrich().expect_ok();
    assert!(requests(&world, Service::Nominatim) > 1 && !kept(&world, "place").is_empty());
}

/// Without Premium everything is refused, batches as well: that was taken for "no batches", for a month.
#[test]
fn an_app_whose_owner_has_premium_again_may_ask_for_many_at_once() {
    let world = World::of(40, Options { shape: Shape::Extended, ..Options::default() }).with_spotify();
    world.import(&world.tracks());
    for kind in [FaultKind::PremiumLapsed {}, FaultKind::NotAllowListed {}] {
        let fault = world.server.switch_on(Fault::new(Service::Spotify, kind).at("tracks")).unwrap();
        let ran = world.enrich();
        assert_eq!(ran.exit_code, 3, "{}", ran.stderr);
        assert!(kept(&world, "tracks").is_empty());
        assert!(world.server.switch_off(fault));
    }
    world.enrich().expect_ok();
    let tracks = kept(&world, "tracks");
    assert!(!tracks.is_empty() && tracks.iter().all(|answer| answer.question.status == 200));
    assert!(kept(&world, "track").is_empty());
}

/// On a journey without a network the most played artists were put behind all others, for a week.
#[test]
fn who_could_not_be_reached_is_asked_the_same_in_the_next_run() {
    let world = World::of(40, Options::default());
    world.hear_without_albums(&world.tracks());
    // Nobody listens there.
    let offline = world.command(&["run"]).env("MUSICBRAINZ_BASE_URL", "http://127.0.0.1:1/ws/2/").output().unwrap();
    assert_eq!(offline.status.code(), Some(75));
    assert!(!world.path("cache/no-answer.json").exists());
    world.enrich().expect_ok();
    assert_eq!(kept(&world, "url").len(), 1, "everybody at once");
}
