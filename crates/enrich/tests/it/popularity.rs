//! How much tracks and albums are heard, by the recordings and release groups that they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use lake::facts::Facts;
use lake::parts;
use lake::schema::{ALBUM_LINKS, ALBUMS, RECORDINGS, Table};
use serde_json::json;
use simulator::Item;
use simulator::facts::Found;
use simulator::server::Options;

use crate::answers::{outcomes, said};
use crate::world::{Ran, World};

/// How many people hear each, as ListenBrainz said.
fn listeners(world: &World, table: &Table, key: &str) -> BTreeMap<String, u64> {
    let frame = parts::read_table(&world.data(), table).unwrap();
    let (keys, counts) = (frame.column(key).unwrap().str().unwrap(), frame.column("listeners").unwrap().i64().unwrap());
    let told = keys.iter().zip(counts.iter());
    told.filter_map(|(key, count)| Some((key?.to_owned(), count?.try_into().unwrap()))).collect()
}

/// How often a run asked in these ways.
fn asked(ran: &Ran, methods: [&str; 3]) -> [u64; 3] {
    methods.map(|method| ran.report.counts["requests_by_method"][method].as_u64().unwrap_or_default())
}

const WAYS: [&str; 3] = ["musicbrainz track_url", "listenbrainz recording_popularity", "listenbrainz album_popularity"];

#[test]
fn tracks_and_albums_have_listeners_for_few_requests_which_are_not_asked_twice() {
    let world = World::of(60, Options::default());
    let tracks = world.tracks();
    world.hear(&[&tracks[..40], &tracks[..40], &tracks[40..50]].concat());
    world.listen(&tracks[30..]);
    let ran = world.enrich().expect_ok();
    assert_eq!(asked(&ran, WAYS), [1, 1, 1], "{:?}", ran.report.counts);

    let facts = world.life().facts();
    // What has an address and was heard again, and what plays carry.
    let is_told = |place: usize, linked: bool| place >= 30 || linked;
    let recordings =
        tracks.iter().enumerate().filter_map(|(place, item)| Some((place, facts.recording(item.recording)?)));
    let recordings = recordings.filter(|(place, recording)| is_told(*place, recording.is_linked));
    let expected: BTreeMap<String, u64> =
        recordings.filter_map(|(_, one)| Some((one.mbid.clone(), one.popularity?.1))).collect();
    let heard = listeners(&world, &RECORDINGS, "recording_mbid");
    assert!(expected.len() > 20, "{}", expected.len());
    assert!(expected.iter().all(|(mbid, count)| heard.get(mbid) == Some(count)), "{expected:?} {heard:?}");

    let links = world.pairs(&ALBUM_LINKS, "album_uri", "release_mbid");
    let groups = links.iter().filter_map(|(_, release)| facts.release_by_mbid(release.as_deref()?));
    let groups = groups.map(|release| &facts.release_groups[release.group]);
    let expected: BTreeMap<String, u64> =
        groups.filter_map(|group| Some((group.mbid.clone(), group.popularity?.1))).collect();
    assert!(expected.len() > 5);
    assert_eq!(listeners(&world, &ALBUMS, "album_ref"), expected);

    world.wait(TimeDelta::hours(1));
    assert_eq!(world.enrich().expect_ok().count("requests"), 0);
    world.wait(TimeDelta::days(181));
    assert_eq!(asked(&world.enrich().expect_ok(), WAYS), [1, 1, 1]);
    assert!(world.server.broken_rules().is_empty());
}

/// Whoever has no address is looked for by an ISRC, and a bare name by titles: both tell recordings.
#[test]
fn what_artists_are_found_by_is_kept_as_recordings() {
    let world = World::of(300, Options::default()).with_token();
    let found_by = |found: Found| -> Vec<&Item> {
        let facts = world.life().facts();
        world.tracks().into_iter().filter(|item| facts.artist(item.artists[0] as usize).found == found).collect()
    };
    let by_isrc = found_by(Found::Isrc);
    world.hear_without_albums(&by_isrc);
    world.import(&found_by(Found::NameLookup));
    world.enrich().expect_ok();

    let facts = world.life().facts();
    let isrcs: BTreeSet<(String, String)> = world
        .pairs(&RECORDINGS, "recording_mbid", "track_isrc")
        .into_iter()
        .filter_map(|(mbid, isrc)| Some((mbid, isrc?)))
        .collect();
    assert!(isrcs.len() > 3, "{isrcs:?}");
    for (mbid, isrc) in &isrcs {
        assert!(facts.recordings_by_isrc(isrc).any(|recording| recording.mbid == *mbid), "{mbid} {isrc}");
    }
    let titles = world.pairs(&RECORDINGS, "recording_mbid", "track_name");
    let titles: Vec<_> = titles.into_iter().filter_map(|(mbid, title)| Some((mbid, title?))).collect();
    assert!(titles.len() > 2, "{titles:?}");
    for (mbid, title) in &titles {
        assert_eq!(&facts.recording_by_mbid(mbid).unwrap().title, title);
    }
    let heard = listeners(&world, &RECORDINGS, "recording_mbid");
    let known = isrcs.iter().chain(&titles).filter_map(|(mbid, _)| facts.recording_by_mbid(mbid));
    for recording in known {
        assert_eq!(heard.get(&recording.mbid).copied(), recording.popularity.map(|(_, listeners)| listeners));
    }
}

/// What an answer says of recordings: how it was led there, and to which.
fn recordings(facts: &Facts) -> Vec<String> {
    let led = facts.recordings.iter().map(|one| {
        let by = one.track_isrc.as_deref().or(one.track_name.as_deref()).unwrap_or_default();
        format!("{by} {} {:?}", one.recording_mbid, one.listeners)
    });
    led.collect()
}

/// ListenBrainz answers with the nearest that it knows: a remix, a live version, a cover.
#[test]
fn only_the_very_song_by_the_very_artist_is_its_recording() {
    let found = |artist: &str, title: &str, mbid: &str| json!({"artist_credit_name": artist, "recording_name": title, "recording_mbid": mbid, "artist_mbids": ["m"]});
    let body = json!([
        found("ANN", "song", "r1"),
        found("Ann", "Song (live)", "r2"),
        found("Ann & Bo", "Duet", "r3"),
        {},
        found("Ann", "Last", "r5"),
    ]);
    let titles = ["Song", "Song two", "Duet", "Unknown", "Last"].join("\u{1f}");
    let facts = said("listenbrainz", "names", &[("Ann", "Ann", &titles)], 200, body.to_string().as_bytes());
    assert_eq!(recordings(&facts), ["Song r1 None", "Last r5 None"]);
}

#[test]
fn an_isrc_has_the_recordings_of_a_search_that_carry_it_and_a_lookup_all_that_it_finds() {
    let credit = json!([{"name": "Ann", "artist": {"id": "m", "name": "Ann"}}]);
    let body = json!({"count": 3, "recordings": [
        {"id": "r1", "isrcs": ["DEAA10000001"], "artist-credit": credit},
        {"id": "r2", "isrcs": ["deaa10000001", "DEAA10000003"], "artist-credit": credit},
        {"id": "r3", "isrcs": ["DEAA10000003"], "artist-credit": []},
    ]});
    let asked = [("a", "Ann", "DEAA10000001"), ("b", "Bo", "DEAA10000002"), ("c", "Cy", "deaa10000003")];
    let facts = said("musicbrainz", "isrcs", &asked, 200, body.to_string().as_bytes());
    let expected = ["DEAA10000001 r1 None", "DEAA10000001 r2 None", "DEAA10000003 r2 None", "DEAA10000003 r3 None"];
    assert_eq!(recordings(&facts), expected);
    let body = json!({"isrc": "DEAA10000001", "recordings": [{"id": "r1", "artist-credit": credit}]});
    let facts = said("musicbrainz", "isrc", &asked[..1], 200, body.to_string().as_bytes());
    assert_eq!(recordings(&facts), ["DEAA10000001 r1 None"]);
}

#[test]
fn counts_of_nobody_are_no_counts() {
    let asked = [("r1", "", ""), ("r2", "", ""), ("r3", "", "")];
    let body = json!([
        {"recording_mbid": "r2", "total_listen_count": 9, "total_user_count": 4},
        {"recording_mbid": "r1", "total_listen_count": null, "total_user_count": null},
        {"recording_mbid": "other", "total_listen_count": 1, "total_user_count": 1},
    ]);
    let facts = said("listenbrainz", "recording_popularity", &asked, 200, body.to_string().as_bytes());
    assert_eq!(recordings(&facts), [" r2 Some(4)"]);
    assert_eq!(outcomes(&facts), ["r1 none", "r2 found", "r3 none"]);
    let body = json!([{"release_group_mbid": "r1", "total_listen_count": 9, "total_user_count": -4}]);
    let facts = said("listenbrainz", "album_popularity", &asked[..1], 200, body.to_string().as_bytes());
    assert_eq!(
        facts.albums.iter().map(|one| (one.album_ref.as_str(), one.listeners)).collect::<Vec<_>>(),
        [("r1", None)]
    );
}
