//! What went wrong in the project that this one replaces, and must not here: each test is named after
//! what it protects.

use std::collections::HashSet;

use chrono::TimeDelta;
use lake::cache::Cache;
use lake::parts;
use lake::schema::{AREAS, ARTISTS, GENRE_VOTES, LOOKUPS};
use serde_json::json;
use simulator::server::{ErrorBody, Fault, FaultKind, Options, Service};
use simulator::{Item, Kind};
use url::Url;

use crate::truth::assert_known;
use crate::world::World;

/// Everybody and everything that was asked about in this way.
fn asked(world: &World, method: &str) -> HashSet<String> {
    let pairs = world.pairs(&LOOKUPS, "subject", "method").into_iter();
    pairs.filter(|(_, how)| how.as_deref() == Some(method)).map(|(who, _)| who).collect()
}

/// The addresses at Spotify of all who are credited for these tracks.
fn credited(world: &World, tracks: &[&Item]) -> Vec<String> {
    let artists = tracks.iter().flat_map(|track| &track.artists);
    artists.map(|artist| world.life().catalogue().artist(*artist).uri().unwrap()).collect()
}

fn overloaded(service: Service) -> Fault {
    Fault::new(service, FaultKind::ServerError { status: 503, body: ErrorBody::Json })
}

/// B14: only plays of the last two days were ever looked at, and so many a day.
#[test]
fn plays_of_years_ago_are_looked_up_like_yesterdays() {
    let world = World::of(120, Options::default());
    let tracks = world.tracks();
    world.hear(&tracks);
    world.wait(TimeDelta::days(3_650));
    world.enrich().expect_ok();
    let asked = asked(&world, "url");
    assert!(credited(&world, &tracks).iter().all(|artist| asked.contains(artist)));
    assert_known(&world, &tracks);
}

/// B15: who was not found was written down and never looked at again, and a broken network was taken
/// for a miss.
#[test]
fn a_miss_has_a_reason_and_a_trouble_is_no_miss() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    let outcomes = world.pairs(&LOOKUPS, "outcome", "reason");
    let missed: Vec<_> = outcomes.iter().filter(|(outcome, _)| outcome != "found").collect();
    assert!(!missed.is_empty() && missed.iter().all(|(_, reason)| reason.is_some()), "{missed:?}");
    let before = world.rows(&LOOKUPS);
    for service in [Service::MusicBrainz, Service::ListenBrainz, Service::Wikidata, Service::Nominatim] {
        world.server.switch_on(overloaded(service)).unwrap();
    }
    // Time to look again for those who were missed.
    world.wait(TimeDelta::days(8));
    assert_eq!(world.enrich().exit_code, 75);
    assert_eq!(world.rows(&LOOKUPS), before);
    world.server.clear_faults();
    world.enrich().expect_ok();
    assert!(world.rows(&LOOKUPS).len() > before.len());
}

/// B17: areas were asked for twice a second, and an overloaded MusicBrainz was the end.
#[test]
fn areas_are_asked_for_slowly_and_again_when_musicbrainz_is_overloaded() {
    let mut world = World::of(30, Options::default());
    world.spacing_ms = 40;
    world.hear(&world.tracks());
    world.server.switch_on(overloaded(Service::MusicBrainz).at("area-search").times(1)).unwrap();
    world.enrich().expect_ok();
    assert!(!world.rows(&AREAS).is_empty());
    world.assert_pace();
}

/// B18: "city,country" is many places, and the first of them was taken.
#[test]
fn a_city_is_looked_for_in_its_state() {
    let world = World::of(120, Options::default()).with_openweather();
    world.hear_without_albums(&world.tracks());
    // Neither of them finds anything, so that both are asked about everything.
    let nothing = |service| Fault::new(service, FaultKind::Says { body: json!([]) });
    for service in [Service::Nominatim, Service::OpenWeather] {
        world.server.switch_on(nothing(service)).unwrap();
    }
    let body = json!({"head": {"vars": []}, "results": {"bindings": []}});
    world.server.switch_on(Fault::new(Service::Wikidata, FaultKind::Says { body })).unwrap();
    world.enrich().expect_ok();

    let atlas = world.life().facts().atlas();
    let cache = Cache::new(&world.data());
    let answers: Vec<_> = cache.answer_ids().unwrap().into_iter().map(|id| cache.read(&id).unwrap()).collect();
    let (mut with_state, mut of_states) = (0, 0);
    for question in answers.iter().map(|answer| &answer.question).filter(|one| one.method == "place") {
        let index = atlas.index_of(&question.subjects[0].id).unwrap();
        let url: Url = question.url.parse().unwrap();
        let told = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let above = atlas.ancestry(index).into_iter().filter(|above| *above != index).map(|above| &atlas.areas[above]);
        let states: Vec<&str> = above.filter(|area| area.kind == Some("Subdivision")).map(|area| area.name).collect();
        if atlas.areas[index].kind == Some("City") && !states.is_empty() {
            let state = told("state").unwrap_or_default();
            assert!(states.contains(&state.as_str()), "{url}: {states:?}");
            with_state += 1;
        }
    }
    for question in answers.iter().map(|answer| &answer.question).filter(|one| one.method == "geocode") {
        let index = atlas.index_of(&question.subjects[0].id).unwrap();
        let url: Url = question.url.parse().unwrap();
        let words = url.query_pairs().find(|(key, _)| key == "q").unwrap().1.into_owned();
        let is_american = atlas.country_code(index) == Some("US");
        of_states += usize::from(words.matches(',').count() == 2);
        assert!(
            is_american || words.matches(',').count() < 2,
            "a state is understood of the United States only: {words}"
        );
        assert!(!question.url.contains("appid"), "{}", question.url);
    }
    assert!(with_state > 3 && of_states > 0, "{with_state} {of_states}");
}

/// B19: tags were fetched and thrown away.
#[test]
fn every_vote_for_an_artist_is_kept_with_its_count_and_its_source() {
    let world = World::of(60, Options::default());
    world.hear(&world.tracks());
    world.enrich().expect_ok();
    let frame = parts::read_table(&world.data(), &GENRE_VOTES).unwrap();
    let text = |name: &str| frame.column(name).unwrap().str().unwrap().clone();
    let (services, subjects, tags) = (text("service"), text("subject"), text("tag"));
    let counts = frame.column("votes").unwrap().i64().unwrap();
    let votes: HashSet<_> = (0..frame.height())
        .map(|row| (services.get(row).unwrap(), subjects.get(row).unwrap(), tags.get(row).unwrap(), counts.get(row)))
        .collect();
    let described: HashSet<String> =
        world.pairs(&ARTISTS, "artist_ref", "service").into_iter().map(|one| one.0).collect();
    let mut seen = 0;
    for artist in world.life().facts().artists.iter().filter(|artist| described.contains(&artist.mbid)) {
        for tag in &artist.tags {
            for service in ["musicbrainz", "listenbrainz"] {
                let vote = (service, artist.mbid.as_str(), tag.name, Some(i64::from(tag.votes)));
                assert!(votes.contains(&vote), "{vote:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// B20: only the first artist of a track was looked up.
#[test]
fn everybody_credited_for_a_track_is_looked_up() {
    let world = World::of(60, Options::default());
    let several = |item: &&Item| item.kind == Kind::Track && item.artists.len() > 1;
    let tracks: Vec<&Item> = world.life().catalogue().items.iter().filter(several).take(50).collect();
    world.hear(&tracks);
    world.enrich().expect_ok();
    let asked = asked(&world, "url");
    let credited = credited(&world, &tracks);
    assert!(credited.len() >= 2 * tracks.len());
    assert!(credited.iter().all(|artist| asked.contains(artist)));
}
