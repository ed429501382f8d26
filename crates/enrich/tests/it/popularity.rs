//! How much tracks and albums are heard, by the recordings and release groups that they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use lake::parts;
use lake::schema::{ALBUM_LINKS, ALBUMS, RECORDINGS, Table};
use simulator::Item;
use simulator::facts::Found;
use simulator::server::Options;

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
