//! What the pages of recently played tracks say of tracks and albums.

use lake::play::Source;
use lake::raw::{Item, Job, RawStore, Receipt, State};
use lake::schema::{ALBUM_CREDITS, ALBUMS, LOOKUPS, TRACKS};
use serde_json::{Value, json};
use simulator::Collection;
use simulator::facts::Found;
use simulator::server::Options;

use crate::truth::{everything, links};
use crate::world::World;

/// Keeps a page as a poll does.
pub(crate) fn poll(world: &World, number: u64, tracks: &[Value]) {
    let items: Vec<Value> =
        tracks.iter().map(|track| json!({"track": track, "played_at": "2026-10-01T00:00:00Z"})).collect();
    let body = json!({"items": items}).to_string().into_bytes();
    let store = RawStore::new(&world.data(), "ada");
    store.hold_body(Source::SpotifyApi, &body).unwrap().keep().unwrap();
    let item = Item {
        raw_id: RawStore::raw_id_of(&body),
        source: Source::SpotifyApi,
        name: "https://api.spotify.com/v1/me/player/recently-played".to_owned(),
        status: Some(200),
        original_sha256: None,
        bytes: body.len() as u64,
        span: None,
    };
    let receipt = Receipt {
        receipt_id: format!("poll-{number}"),
        job: Job::Poll,
        run_id: format!("poll-{number}"),
        number,
        account_id: "ada".to_owned(),
        received_at_ms: 1_790_000_000_000 + i64::try_from(number).unwrap(),
        origin: "spotify_api".to_owned(),
        items: vec![item],
        is_loose: false,
        span: None,
    };
    store.write_receipt(&receipt, State::Done).unwrap();
}

fn track(id: &str, number: i64, popularity: Option<i64>) -> Value {
    json!({"uri": format!("spotify:track:{id}"), "name": id, "explicit": number == 1, "disc_number": 2,
           "track_number": number, "popularity": popularity,
           "album": {"uri": "spotify:album:a", "name": "Album", "album_type": "compilation", "total_tracks": 12,
                     "release_date": "2001", "release_date_precision": "year", "artists": [{"name": "Ann"}]}})
}

fn told(world: &World) -> Vec<String> {
    let frame = lake::parts::read_table(&world.data(), &TRACKS).unwrap();
    let cell = |name: &str, row: usize| format!("{}", frame.column(name).unwrap().get(row).unwrap()).replace('"', "");
    let columns = ["track_uri", "is_explicit", "disc_number", "track_number", "popularity"];
    let mut rows: Vec<String> =
        (0..frame.height()).map(|row| columns.map(|column| cell(column, row)).join(" ")).collect();
    rows.sort();
    rows
}

#[test]
fn pages_describe_tracks_and_albums_once_and_again_when_something_changes() {
    let world = World::of(10, Options::default());
    let local = json!({"uri": "spotify:local:x", "name": "x", "track_number": 1});
    poll(&world, 1, &[track("t", 1, None), track("u", 7, Some(40)), track("t", 1, None), local, json!("broken")]);
    world.enrich().expect_ok();
    let first = ["spotify:track:t true 2 1 null", "spotify:track:u false 2 7 40"];
    assert_eq!(told(&world), first);
    let albums = world.rows(&ALBUMS);
    assert_eq!(albums.len(), 1);
    assert!(albums[0].contains("compilation") && albums[0].contains("2001"), "{albums:?}");
    assert_eq!(world.rows(&LOOKUPS).len(), 1, "a page is read once");

    poll(&world, 2, &[track("u", 7, Some(40)), track("t", 1, Some(12))]);
    poll(&world, 3, &[track("u", 7, Some(41)), track("u", 7, Some(40))]);
    world.enrich().expect_ok();
    let later = [first[0], "spotify:track:t true 2 1 12", first[1], "spotify:track:u false 2 7 41"];
    let mut expected = later.map(str::to_owned);
    expected.sort();
    assert_eq!(told(&world), expected);
    assert_eq!((world.rows(&ALBUMS), world.rows(&LOOKUPS).len()), (albums, 3));

    world.enrich().expect_ok();
    assert_eq!(world.rows(&LOOKUPS).len(), 3);
    world.run(&["replay"]).expect_ok();
    assert_eq!(told(&world), expected);
    assert_eq!(world.requests(), 0);

    // Whoever erases an account erases what its pages said.
    std::fs::remove_dir_all(world.path("raw/ada")).unwrap();
    world.enrich().expect_ok();
    assert!(told(&world).is_empty() && world.rows(&LOOKUPS).is_empty() && world.rows(&ALBUMS).is_empty());
}

/// An album as pages show it, with everyone who made it.
fn page_of(world: &World, album: &Collection, artists: &[u32]) -> Value {
    let catalogue = world.life().catalogue();
    let artist = |index: &u32| json!({"uri": catalogue.artist(*index).uri(), "name": catalogue.artist(*index).name});
    let artists: Vec<Value> = artists.iter().map(artist).collect();
    let item = catalogue.item(album.items.start);
    json!({"uri": item.uri, "name": item.title,
           "album": {"uri": album.uri(), "name": album.name, "artists": artists}})
}

/// A world in which a track of an album by two was heard, the album, and whom it is by.
fn album_by_two() -> (World, Collection, [u32; 2]) {
    let world = World::of(40, Options::default());
    let collections = &world.life().catalogue().collections;
    let album = collections.iter().find(|one| one.also_by.is_some()).unwrap().clone();
    world.hear(&[world.life().catalogue().item(album.items.start)]);
    let artists = [album.artist.unwrap(), album.also_by.unwrap()];
    (world, album, artists)
}

/// B20: only the first artist of an album was kept.
#[test]
fn everybody_who_made_an_album_is_kept_and_looked_up() {
    let (world, album, artists) = album_by_two();
    poll(&world, 1, &[page_of(&world, &album, &artists)]);
    world.enrich().expect_ok();
    let links = links(&world);
    for artist in artists {
        let truth = world.life().facts().artist(artist as usize);
        if truth.found == Found::Linked {
            let uri = world.life().catalogue().artist(artist).uri().unwrap();
            assert_eq!(links.get(&uri).map(String::as_str), truth.mbid);
        }
    }
    assert_eq!(world.rows(&ALBUM_CREDITS).len(), 2);

    // The same is no news; another artist is.
    poll(&world, 2, &[page_of(&world, &album, &artists), track("x", 1, None)]);
    world.enrich().expect_ok();
    assert_eq!(world.rows(&ALBUM_CREDITS).len(), 3);
    poll(&world, 3, &[page_of(&world, &album, &artists[..1])]);
    world.enrich().expect_ok();
    let credits = world.rows(&ALBUM_CREDITS);
    assert_eq!(credits.len(), 4, "{credits:?}");
    world.run(&["replay"]).expect_ok();
    assert_eq!(world.rows(&ALBUM_CREDITS), credits);
}

#[test]
fn what_an_older_program_did_not_read_from_answers_is_read_without_a_request() {
    let (world, album, artists) = album_by_two();
    poll(&world, 1, &[page_of(&world, &album, &artists)]);
    world.enrich().expect_ok();
    let (before, requests) = (everything(&world), world.requests());

    // What the older program left: no credits of albums, and lookups of an older version.
    let path = |table: &str| world.path("src").join(table).join("manifest.json");
    std::fs::remove_file(path("album_credits")).unwrap();
    let manifest = std::fs::read_to_string(path("lookups")).unwrap();
    let older = manifest.replace(&format!("\"schema_version\": {}", LOOKUPS.version), "\"schema_version\": 1");
    assert_ne!(older, manifest);
    platform::files::write_whole(&path("lookups"), older.as_bytes()).unwrap();
    assert!(world.rows(&ALBUM_CREDITS).is_empty());

    world.enrich().expect_ok();
    assert_eq!((everything(&world), world.requests()), (before, requests));
}
