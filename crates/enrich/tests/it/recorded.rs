//! Answers that the services really gave. They are not part of this repository; where the folder
//! `shared/recorded` lies beside the checkout, they are read.

use std::fs;
use std::io::{self, Write};

use lake::facts::Facts;
use serde_json::{Value, json};

use crate::answers::{outcomes, said};

/// A recorded body, or `None` with a loud word.
fn recorded(name: &str) -> Option<Vec<u8>> {
    let path = format!("{}/../../../shared/recorded/{name}", env!("CARGO_MANIFEST_DIR"));
    let body = fs::read(&path).ok();
    if body.is_none() {
        // Straight to stderr: the test harness would swallow what the macros print.
        writeln!(io::stderr().lock(), "\nSKIPPED: there is no recorded answer at {path}\n").unwrap();
    }
    body
}

#[test]
fn an_artist_of_musicbrainz() {
    let Some(body) = recorded("musicbrainz/picard__artist.json") else { return };
    let facts = said("musicbrainz", "artist", &[("b8a7c51f-362c-4dcb-a259-bc6e0095f0a6", "", "")], 200, &body);
    let artist = &facts.artists[0];
    assert_eq!(artist.artist_name.as_deref(), Some("Ed Sheeran"));
    assert_eq!((artist.artist_type.as_deref(), artist.gender.as_deref()), (Some("Person"), Some("Male")));
    assert_eq!((artist.country_code.as_deref(), artist.area_name.as_deref()), (Some("GB"), Some("United Kingdom")));
    assert_eq!(artist.begin_area_name.as_deref(), Some("Hebden Bridge"));
    assert_eq!(
        (artist.life_begin.as_deref(), artist.life_end.as_deref(), artist.is_ended),
        (Some("1991-02-17"), None, Some(false))
    );
    assert_eq!(facts.artist_aliases.len(), 3);
    assert_eq!(artist.ipis.as_deref(), Some("00600664284"));
}

#[test]
fn an_artist_whose_life_has_ended() {
    let Some(body) = recorded("musicbrainz/picard__artist_ended.json") else { return };
    let facts = said("musicbrainz", "artist", &[("b21ef19b-c6aa-4775-90d3-3cc3e067ce6d", "", "")], 200, &body);
    let artist = &facts.artists[0];
    assert_eq!((artist.life_end.as_deref(), artist.is_ended), (Some("1991-03-02"), Some(true)));
    assert_eq!(artist.end_area_name.as_deref(), Some("Paris"));
}

#[test]
fn an_artist_in_another_script() {
    let Some(body) = recorded("musicbrainz/picard__artist_arabic.json") else { return };
    let facts = said("musicbrainz", "artist", &[("x", "", "")], 200, &body);
    assert_eq!(outcomes(&facts), ["x found"]);
    assert_eq!(facts.artists[0].artist_name.as_deref(), Some("محمد منير"));
    assert_eq!(
        (facts.artists[0].country_code.as_deref(), facts.artists[0].area_name.as_deref()),
        (Some("EG"), Some("Egypt"))
    );
    assert_eq!(facts.artists[0].begin_area_name.as_deref(), Some("Aswān"));
}

#[test]
fn an_answer_of_nothing_but_nulls_is_no_artist() {
    let Some(body) = recorded("musicbrainz/picard__artist_null.json") else { return };
    let facts = said("musicbrainz", "artist", &[("x", "", "")], 200, &body);
    assert_eq!(outcomes(&facts), ["x unreadable"]);
    assert!(facts.artists.is_empty());
}

#[test]
fn releases_of_musicbrainz() {
    let Some(body) = recorded("musicbrainz/picard__release_group_2.json") else { return };
    let facts = said("musicbrainz", "releases", &[("123", "", ""), ("999", "", "")], 200, &body);
    assert_eq!(outcomes(&facts), ["123 found", "999 none"]);
    let album = &facts.albums[0];
    assert_eq!(
        (album.label.as_deref(), album.upc.as_deref(), album.total_tracks),
        (Some("label A"), Some("123456789"), Some(5))
    );
    assert_eq!(
        (album.release_date.as_deref(), album.release_date_precision.as_deref()),
        (Some("2009-08-07"), Some("day"))
    );
}

#[test]
fn a_release_of_musicbrainz() {
    let Some(body) = recorded("musicbrainz/picard__release.json") else { return };
    let id = "b84ee12a-09ef-421b-82de-0441a926375b";
    let facts = said("musicbrainz", "release", &[(id, "", "")], 200, &body);
    let album = &facts.albums[0];
    assert_eq!(
        (album.album_name.as_deref(), album.artist_name.as_deref()),
        (Some("The Dark Side of the Moon"), Some("Pink Floyd"))
    );
    assert_eq!((album.label.as_deref(), album.upc.as_deref()), (Some("Harvest"), Some("123")));
    assert_eq!((album.total_tracks, album.album_type.as_deref()), (Some(10), Some("Album")));
    assert_eq!(album.release_date.as_deref(), Some("1973-03-24"));
}

#[test]
fn a_release_with_a_country_and_little_else() {
    let Some(body) = recorded("musicbrainz/picard__country.json") else { return };
    let facts = said("musicbrainz", "release", &[("03e4ebe1-0a44-411c-8e19-78e0768603f8", "", "")], 200, &body);
    let album = &facts.albums[0];
    assert_eq!((album.album_name.as_deref(), album.upc.as_deref()), (Some("Master of Puppets"), None));
    assert_eq!(
        (album.release_date.as_deref(), album.release_date_precision.as_deref()),
        (Some("1986-03"), Some("month"))
    );
    assert_eq!((album.artist_name.as_deref(), album.label.as_deref(), album.total_tracks), (None, None, None));
}

#[test]
fn releases_of_nothing_but_nulls_are_none() {
    for name in ["picard__country_null", "picard__release_null"] {
        let Some(body) = recorded(&format!("musicbrainz/{name}.json")) else { return };
        let facts = said("musicbrainz", "release", &[("x", "", "")], 200, &body);
        assert_eq!(outcomes(&facts), ["x unreadable"], "{name}");
        assert!(facts.albums.is_empty());
    }
}

#[test]
fn a_recording_leads_to_whom_it_is_credited_to_and_has_no_votes_of_others() {
    let Some(body) = recorded("musicbrainz/picard__recording.json") else { return };
    let several = [br#"{"count": 1, "recordings": ["#, &body[..], b"]}"].concat();
    let facts = said(
        "musicbrainz",
        "isrcs",
        &[("e", "ed sheeran", "GBAHS1400099"), ("x", "Ed", "GBAHS1400099")],
        200,
        &several,
    );
    assert_eq!(outcomes(&facts), ["e found", "x none"]);
    assert_eq!(facts.artist_links[0].artist_mbid, "b8a7c51f-362c-4dcb-a259-bc6e0095f0a6");
    let artist = [("b8a7c51f-362c-4dcb-a259-bc6e0095f0a6", "", "")];
    let facts = said("musicbrainz", "recordings", &artist, 200, &several);
    let votes: Vec<_> = facts.genre_votes.iter().map(|vote| (vote.subject.as_str(), vote.tag.as_str())).collect();
    assert!(votes.iter().all(|(subject, _)| *subject == "cb2cc207-8125-445c-9ef9-6ea44eee959a"), "{votes:?}");
    assert!(!votes.iter().any(|(_, tag)| *tag == "guitarist"), "that is a tag of the artist: {votes:?}");
}

/// Nominatim's page for those who ask too much is no answer about a place.
#[test]
fn a_page_about_a_limit_is_unreadable() {
    let Some(body) = recorded("nominatim/ruby-geocoder__nominatim_over_limit.json") else { return };
    let facts = said("nominatim", "place", &[("a", "", "")], 200, &body);
    assert_eq!(outcomes(&facts), ["a unreadable"]);
    assert!(facts.area_coordinates.is_empty());
}

#[test]
fn an_artist_of_listenbrainz() {
    let Some(body) = recorded("listenbrainz/lbserver__mb_artist_metadata_example.json") else { return };
    let mbid = "8f6bd1e4-fbe1-4f50-aa9b-94c450ec0f11";
    let facts = said("listenbrainz", "tags", &[(mbid, "", "")], 200, &body);
    assert_eq!(outcomes(&facts), [format!("{mbid} found")]);
    let trip_hop = facts.genre_votes.iter().find(|vote| vote.tag == "trip hop").unwrap();
    assert_eq!((trip_hop.votes, trip_hop.genre_mbid.is_some()), (Some(13), true));
    let loose = facts.genre_votes.iter().find(|vote| vote.tag == "trip-hop").unwrap();
    assert!(loose.genre_mbid.is_none());
    assert_eq!(facts.artists[0].life_begin.as_deref(), Some("1991"));
}

#[test]
fn a_name_that_listenbrainz_knows() {
    let Some(body) = recorded("listenbrainz/lbserver__mb_lookup_metadata_example.json") else { return };
    let several = [b"[", &body[..], b"]"].concat();
    let facts = said("listenbrainz", "names", &[("r", "Rick Astley", "Never Gonna Give You Up")], 200, &several);
    assert_eq!(outcomes(&facts), ["r found"]);
    assert_eq!(facts.artist_links[0].artist_mbid, "db92a151-1ac2-438b-bc43-b82e149ddd50");
}

#[test]
fn places_of_nominatim() {
    for (name, expected) in [
        (
            "ruby-geocoder__nominatim_cologne_cathedral_cologne_germany",
            Some((50.94134445, 6.95812085888689, Some("DE"))),
        ),
        ("ruby-geocoder__nominatim_madison_square_garden", Some((40.7504928941818, -73.993466492276, Some("US")))),
        ("geocoder-php__1cebd4c14dbf55f22e57957b884db74b2484dbb8", Some((52.188724, 21.0112069, Some("PL")))),
        ("geocoder-php__070ffa8534ee86aa47fed7a61965a9b9f71cd27c", Some((50.8419916, 4.3619888303182375, Some("BE")))),
        (
            "geocoder-php__1c28ca51962224c6963619eaf033eb70e34892e8",
            Some((51.50344025, -0.12770820958562096, Some("GB"))),
        ),
        ("geocoder-php__210cc3da1b367ae860e6077e1c4af6aae61bdbfb", Some((53.54129165, 9.984205766993528, Some("DE")))),
        (
            "geocoder-php__60b19895d3f895334fa01eb3340701e054d05dca",
            Some((34.09508267309781, -118.39932247264571, Some("US"))),
        ),
        ("geocoder-php__614a4d899e5e7e47380278075f00be15637686c6", Some((-62.17462, -58.5155525, None))),
        ("ruby-geocoder__nominatim_no_results", None),
        ("geocoder-php__dfdc355642ef34fb9970df028c4ec338ce0ea3f4", None),
    ] {
        let Some(body) = recorded(&format!("nominatim/{name}.json")) else { return };
        let facts = said("nominatim", "place", &[("a", "", "")], 200, &body);
        let place = facts.area_coordinates.first();
        let found = place.map(|place| (place.latitude, place.longitude, place.country_code.as_deref()));
        assert_eq!(found, expected, "{name}");
        assert_eq!(outcomes(&facts), [if expected.is_some() { "a found" } else { "a none" }]);
    }
}

#[test]
fn a_track_of_spotify() {
    let Some(body) = recorded("spotify/harmony__tracks_ids_2plbrEY59IikOBgBGLjaoe.json") else { return };
    let uri = "spotify:track:2plbrEY59IikOBgBGLjaoe";
    let facts = said("spotify", "tracks", &[(uri, "", "")], 200, &body);
    assert_eq!(outcomes(&facts), [format!("{uri} found")]);
    assert!(!facts.track_credits.is_empty() && facts.tracks[0].track_isrc.is_some());
}

#[test]
fn an_album_of_spotify() {
    let Some(body) = recorded("spotify/harmony__albums_10FLjwfpbxLmW8c25Xyc2N_.json") else { return };
    let uri = "spotify:album:10FLjwfpbxLmW8c25Xyc2N";
    let facts = said("spotify", "album", &[(uri, "", "")], 200, &body);
    let album = &facts.albums[0];
    assert!(album.label.is_some() && album.upc.as_deref().is_some_and(|upc| !upc.starts_with('0')));
}

/// A recorded answer of Spotify about many things or one: their URIs, and what stands under them.
fn recorded_items(name: &str, list: Option<&str>) -> Option<(Vec<u8>, Vec<Value>)> {
    let body = recorded(&format!("spotify/{name}.json"))?;
    let whole: Value = serde_json::from_slice(&body).unwrap();
    let items = list.map_or_else(|| vec![whole.clone()], |list| whole[list].as_array().unwrap().clone());
    assert!(!items.is_empty(), "{name}");
    Some((body, items))
}

/// What is read from it; everything that it was asked about is found.
fn found(method: &str, items: &[Value], body: &[u8]) -> Facts {
    let uris: Vec<&str> = items.iter().map(|item| item["uri"].as_str().unwrap()).collect();
    let subjects: Vec<(&str, &str, &str)> = uris.iter().map(|uri| (*uri, "", "")).collect();
    let facts = said("spotify", method, &subjects, 200, body);
    assert_eq!(outcomes(&facts), uris.iter().map(|uri| format!("{uri} found")).collect::<Vec<_>>());
    facts
}

#[test]
fn recorded_tracks_are_read_with_all_that_is_known() {
    for (method, name, list) in [
        ("track", "spotify-web-api-php__track", None),
        ("tracks", "spotify-web-api-php__tracks", Some("tracks")),
        ("tracks", "harmony__tracks_ids_2plbrEY59IikOBgBGLjaoe", Some("tracks")),
    ] {
        let Some((body, items)) = recorded_items(name, list) else { return };
        let facts = found(method, &items, &body);
        let credits: usize = items.iter().map(|item| item["artists"].as_array().unwrap().len()).sum();
        assert_eq!(facts.track_credits.len(), credits, "{name}");
        for (track, item) in facts.tracks.iter().zip(&items) {
            let told =
                json!([track.track_name, track.track_isrc, track.duration_ms, track.popularity, track.album_uri]);
            let album = &item["album"]["uri"];
            let isrc = &item["external_ids"]["isrc"];
            assert_eq!(told, json!([item["name"], isrc, item["duration_ms"], item["popularity"], album]), "{name}");
        }
    }
}

#[test]
fn recorded_albums_are_read_with_all_that_is_known() {
    for (method, name, list) in [
        ("album", "spotify-web-api-php__album", None),
        ("album", "python-spotify__get_album", None),
        ("album", "harmony__albums_32nryzA6XBCX9ZUspVc1yz_", None),
        ("albums", "spotify-web-api-php__albums", Some("albums")),
    ] {
        let Some((body, items)) = recorded_items(name, list) else { return };
        for (album, item) in found(method, &items, &body).albums.iter().zip(&items) {
            let told =
                json!([album.album_name, album.artist_name, album.label, album.release_date, album.total_tracks]);
            let (artist, label) = (&item["artists"][0]["name"], &item["label"]);
            let expected = json!([item["name"], artist, label, item["release_date"], item["total_tracks"]]);
            assert_eq!(told, expected, "{name}");
            assert_eq!(album.upc.is_some(), item["external_ids"]["upc"].is_string(), "{name}");
        }
    }
}

#[test]
fn recorded_artists_are_read_with_their_genres() {
    let Some((body, items)) = recorded_items("spotify-web-api-php__artists", Some("artists")) else { return };
    let facts = found("spotify_artists", &items, &body);
    for (artist, item) in facts.artists.iter().zip(&items) {
        let told = json!([artist.artist_name, artist.popularity, artist.followers]);
        assert_eq!(told, json!([item["name"], item["popularity"], item["followers"]["total"]]));
        let uri = item["uri"].as_str().unwrap();
        let genres: Vec<&str> =
            facts.genre_votes.iter().filter(|vote| vote.artist_ref == uri).map(|vote| vote.tag.as_str()).collect();
        assert_eq!(json!(genres), item["genres"]);
    }
}
