//! What is decided from an answer, by hand-written answers in the shapes of the services.

use enrich::answers::interpret;
use lake::cache::{CachedAnswer, Question, Subject};
use lake::facts::Facts;
use serde_json::{Value, json};

/// What an answer to `method` about `subjects` (id, name, hint) says.
pub(crate) fn said(service: &str, method: &str, subjects: &[(&str, &str, &str)], status: u16, body: &[u8]) -> Facts {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let subjects = subjects.iter();
    let subjects =
        subjects.map(|(id, name, hint)| Subject { id: (*id).to_owned(), name: filled(name), hint: filled(hint) });
    interpret(&CachedAnswer {
        answer_id: "an/answer".to_owned(),
        question: Question {
            service: service.to_owned(),
            method: method.to_owned(),
            subject_type: "spotify_artist".to_owned(),
            subjects: subjects.collect(),
            url: "http://127.0.0.1/".to_owned(),
            status,
            fetched_at: 1_790_000_000_000,
            run_id: "a-run".to_owned(),
        },
        body: body.to_vec(),
    })
}

/// Each subject with its outcome.
pub(crate) fn outcomes(facts: &Facts) -> Vec<String> {
    facts.lookups.iter().map(|lookup| format!("{} {}", lookup.subject, lookup.outcome)).collect()
}

fn links(facts: &Facts) -> Vec<String> {
    facts.artist_links.iter().map(|link| format!("{} {} {}", link.subject, link.method, link.artist_mbid)).collect()
}

#[track_caller]
fn check(method: &str, subjects: &[(&str, &str, &str)], body: &Value, expected: &[&str], expected_links: &[&str]) {
    let facts = said("musicbrainz", method, subjects, 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), expected);
    assert_eq!(links(&facts), expected_links);
}

fn stream(artist: (&str, &str), ended: bool) -> Value {
    json!({"type": "free streaming", "target-type": "artist", "direction": "backward", "ended": ended,
           "artist": {"id": artist.0, "name": artist.1}})
}

fn page(id: &str, relations: Vec<Value>) -> Value {
    json!({"resource": format!("https://open.spotify.com/artist/{id}"), "relations": relations})
}

#[test]
fn addresses_are_matched_whatever_their_order() {
    let relation = |id: &str, name: &str| stream((id, name), false);
    let body = json!({"urls": [
        page("c", vec![relation("m3", "Cy"), relation("m4", "Cy Tribute")]),
        page("a", vec![relation("m1", "Somebody else by name")]),
        page("d", vec![stream(("m5", "Dee"), true)]),
        page("e", vec![relation("m6", "Left"), relation("m7", "Right")]),
        {"resource": "https://open.spotify.com/album/a", "relations": [relation("m9", "No artist's address")]},
    ]});
    let subjects = [
        ("spotify:artist:a", "Ann", ""),
        ("spotify:artist:b", "Bo", ""),
        ("spotify:artist:c", "CY", ""),
        ("spotify:artist:d", "Dee", ""),
        ("spotify:artist:e", "Ee", ""),
    ];
    let expected = [
        "spotify:artist:a found",
        "spotify:artist:b none",
        "spotify:artist:c found",
        "spotify:artist:d none",
        "spotify:artist:e ambiguous",
    ];
    check("url", &subjects, &body, &expected, &["spotify:artist:a url m1", "spotify:artist:c url m3"]);
}

#[test]
fn one_address_is_an_object_or_not_found() {
    let subject = [("spotify:artist:a", "Ann", "")];
    let body = page("a", vec![stream(("m1", "Ann"), false)]);
    check("url", &subject, &body, &["spotify:artist:a found"], &["spotify:artist:a url m1"]);
    let facts = said("musicbrainz", "url", &subject, 404, br#"{"error":"Not Found"}"#);
    assert_eq!(outcomes(&facts), ["spotify:artist:a none"]);
}

/// B16: the second took the link of the first.
#[test]
fn a_second_spotify_id_of_an_artist_takes_nothing_from_the_first() {
    let body = json!({"urls": [
        page("a1", vec![stream(("m1", "Ann"), false)]),
        page("a2", vec![stream(("m1", "Ann"), false)]),
    ]});
    let subjects = [("spotify:artist:a1", "Ann", ""), ("spotify:artist:a2", "Ann", "")];
    let links = ["spotify:artist:a1 url m1", "spotify:artist:a2 url m1"];
    check("url", &subjects, &body, &["spotify:artist:a1 found", "spotify:artist:a2 found"], &links);
}

/// B16: the first credit of the first recording was taken, whoever it was.
#[test]
fn an_isrc_links_the_credit_of_the_right_name_and_not_the_first() {
    let body = json!({"isrc": "GBAAA9900303", "recordings": [
        {"id": "r1", "artist-credit": [
            {"name": "Big Star", "joinphrase": " feat. ", "artist": {"id": "m1", "name": "Big Star"}},
            {"name": "Ann", "artist": {"id": "m2", "name": "Ann B."}},
        ]},
        {"id": "r2", "artist-credit": [{"name": "Remixer", "artist": {"id": "m3", "name": "Remixer"}}]},
    ]});
    check("isrc", &[("a", "ANN", "")], &body, &["a found"], &["a isrc m2"]);
    check("isrc", &[("a", "Remixer", "")], &body, &["a found"], &["a isrc m3"]);
    check("isrc", &[("a", "Nobody", "")], &body, &["a none"], &[]);
    check("isrc", &[("a", "Ann", "")], &json!({"isrc": "x", "recordings": []}), &["a none"], &[]);
}

#[test]
fn many_isrcs_are_told_apart_and_who_finds_no_room_is_not_a_miss() {
    let recording = |isrcs: &[&str], id: &str, name: &str| json!({"id": "r", "isrcs": isrcs, "artist-credit": [{"name": name, "artist": {"id": id, "name": name}}]});
    let found = [recording(&["GB1", "GB9"], "m1", "Ann"), recording(&["GB2"], "m2", "Ann")];
    let subjects = [("a", "Ann", "gb1"), ("b", "Bo", "GB2"), ("c", "Cy", "GB3")];
    let all = json!({"count": 2, "recordings": found});
    check("isrcs", &subjects, &all, &["a found", "b none", "c none"], &["a isrc m1"]);
    let cut = json!({"count": 3, "recordings": found});
    check("isrcs", &subjects, &cut, &["a found", "b crowded", "c crowded"], &["a isrc m1"]);
    // Where nobody found room, so many are not asked for together again.
    check("isrcs", &subjects[1..], &cut, &["b refused", "c refused"], &[]);
    check("isrcs", &subjects[1..2], &cut, &["b none"], &[]);
}

#[test]
fn works_of_many_leave_who_finds_no_room_for_the_next_question() {
    let work = |artist: &str| {
        json!({"id": "g", "artist-credit": [{"name": artist, "artist": {"id": artist, "name": artist}}],
               "tags": [{"name": "rock", "count": 1}]})
    };
    let subjects = [("a", "", ""), ("b", "", "")];
    for (method, list) in [("release_groups", "release-groups"), ("recordings", "recordings")] {
        check(method, &subjects, &json!({"count": 1, list: [work("a")]}), &["a found", "b none"], &[]);
        check(method, &subjects, &json!({"count": 200, list: [work("a")]}), &["a found", "b crowded"], &[]);
        check(method, &subjects, &json!({"count": 200, list: [work("x")]}), &["a refused", "b refused"], &[]);
        check(method, &subjects[1..], &json!({"count": 200, list: [work("x")]}), &["b none"], &[]);
    }
}

#[test]
fn a_search_links_only_who_is_certain() {
    let found = |artists: Value| json!({"count": 1, "artists": artists});
    let ann = json!({"id": "m1", "name": "Ann", "score": 100});
    check("search", &[("a", "ann", "")], &found(json!([ann])), &["a found"], &["a search m1"]);
    // A rival of the same name, even with a lower score.
    let rival = json!({"id": "m2", "name": "ANN", "score": "95"});
    check("search", &[("a", "Ann", "")], &found(json!([ann, rival])), &["a ambiguous"], &[]);
    // However low.
    let obscure = json!({"id": "m7", "name": "Ann", "score": 62});
    check("search", &[("a", "Ann", "")], &found(json!([ann, obscure])), &["a ambiguous"], &[]);
    // Who is called so beats who is also called so.
    let also = json!({"id": "m3", "name": "Annie", "score": 99, "aliases": [{"name": "Ann"}]});
    check("search", &[("a", "Ann", "")], &found(json!([also, ann])), &["a found"], &["a search m1"]);
    check("search", &[("a", "Ann", "")], &found(json!([also])), &["a found"], &["a search m3"]);
    // Unless the service is as sure of the other.
    let famous = json!({"id": "m6", "name": "Annabel", "score": 100, "aliases": [{"name": "Ann"}]});
    check("search", &[("a", "Ann", "")], &found(json!([famous, ann])), &["a ambiguous"], &[]);
    check("search", &[("a", "Ann", "")], &found(json!([famous, obscure])), &["a ambiguous"], &[]);
    let nicknamed = json!({"id": "m8", "name": "Hannah", "score": 70, "aliases": [{"name": "Ann"}]});
    check("search", &[("a", "Ann", "")], &found(json!([famous, nicknamed])), &["a ambiguous"], &[]);
    check("search", &[("a", "Ann", "")], &found(json!([nicknamed])), &["a none"], &[]);
    // Alike is not the same, and a low score is no find.
    let alike = json!({"id": "m4", "name": "Anna", "score": 100});
    let unsure = json!({"id": "m5", "name": "Ann", "score": 89});
    check("search", &[("a", "Ann", "")], &found(json!([alike, unsure])), &["a none"], &[]);
}

#[test]
fn listenbrainz_names_link_a_credit_to_one_artist_of_that_name() {
    let subjects = [("a", "Ann", "One"), ("b", "Bo", "Two"), ("c", "Cy", "Three"), ("d", "Dee", "Four")];
    let found = |name: &str, mbids: Value| json!({"artist_credit_name": name, "artist_mbids": mbids});
    let in_order = json!([
        found("ANN", json!(["m1"])),
        {},
        found("Cy & Friends", json!(["m3", "m4"])),
        found("Eve", json!(["m5"]))
    ]);
    let facts = said("listenbrainz", "names", &subjects, 200, in_order.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a found", "b none", "c ambiguous", "d ambiguous"]);
    assert_eq!(links(&facts), ["a names m1"]);
    // Two titles of one name: both must lead to one artist.
    let twice = [("a", "Ann", "One\u{1f}Two"), ("b", "Ann", "One\u{1f}Three"), ("c", "Cy", "Four")];
    let answers = json!([
        found("Ann", json!(["m1"])),
        found("Ann", json!(["m1"])),
        found("Ann", json!(["m1"])),
        found("Ann", json!(["m2"])),
        found("Cy", json!(["m3"]))
    ]);
    let facts = said("listenbrainz", "names", &twice, 200, answers.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a found", "b ambiguous", "c found"]);
    assert_eq!(links(&facts), ["a names m1", "c names m3"]);
    let answers = json!([{}, found("Ann", json!(["m1"])), found("Ann & Bo", json!(["m1", "m2"])), {}, {}]);
    let facts = said("listenbrainz", "names", &twice, 200, answers.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a none", "b ambiguous", "c none"]);
    assert_eq!(facts.lookups[0].reason.as_deref(), Some("one of the tracks is not known"));
    assert!(links(&facts).is_empty());
    let answers = json!([found("Ann", json!(["m1"])), found("Eve", json!(["m5"])), {}, {}, {}]);
    let facts = said("listenbrainz", "names", &twice, 200, answers.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a ambiguous", "b none", "c none"]);
    let numbered = json!([{"index": 3, "artist_credit_name": "Dee", "artist_mbids": ["m9"]}]);
    let facts = said("listenbrainz", "names", &subjects, 200, numbered.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a none", "b none", "c none", "d found"]);
    assert_eq!(links(&facts), ["d names m9"]);
}

#[test]
fn a_merged_artist_is_known_by_both_ids() {
    let body = json!({"id": "new", "name": "Ann", "area": null, "country": "SE", "begin-area": {"id": "b", "name": "Umeå"},
        "tags": [{"name": "seen live", "count": 3}, {"name": "rock", "count": 2}, {"name": "jazz", "count": 0}],
        "genres": [{"id": "g", "name": "rock", "count": 2}]});
    let facts = said("musicbrainz", "artist", &[("old", "", "")], 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["old found"]);
    let artist = &facts.artists[0];
    assert_eq!((artist.artist_ref.as_str(), artist.asked_ref.as_deref()), ("new", Some("old")));
    assert_eq!((artist.area_id.as_deref(), artist.begin_area_id.as_deref()), (None, Some("b")));
    let votes: Vec<_> =
        facts.genre_votes.iter().map(|one| (one.tag.as_str(), one.votes, one.genre_mbid.is_some())).collect();
    assert_eq!(votes, [("rock", Some(2), true), ("seen live", Some(3), false)]);
}

/// B17: of all that stands behind an area the last of a kind was taken.
#[test]
fn an_area_is_part_of_what_stands_behind_it() {
    let part_of = |direction: &str, id: &str, ended: bool| {
        json!({"type": "part of", "direction": direction, "ended": ended, "target-type": "area",
               "area": {"id": id, "name": id, "type": "Country"}})
    };
    let wikidata =
        json!({"type": "wikidata", "direction": "forward", "url": {"resource": "https://www.wikidata.org/wiki/Q1"}});
    let relations = json!([
        part_of("backward", "se", false),
        part_of("backward", "old", true),
        part_of("forward", "d", false),
        wikidata
    ]);
    let lookup =
        json!({"id": "u", "name": "Umeå", "type": "City", "iso-3166-2-codes": ["SE-AC"], "relations": relations});
    let search =
        json!({"areas": [{"id": "u", "name": "Umeå", "type": "City", "relation-list": [{"relations": relations}]}]});
    for (method, body) in [("area", lookup), ("areas", search)] {
        let facts = said("musicbrainz", method, &[("u", "", "")], 200, body.to_string().as_bytes());
        assert_eq!(outcomes(&facts), ["u found"]);
        let parents: Vec<_> = facts.area_parents.iter().map(|one| (one.parent_id.as_str(), one.is_ended)).collect();
        assert_eq!(parents, [("se", Some(false)), ("old", Some(true))]);
        assert_eq!(facts.areas[0].wikidata_id.as_deref(), Some("Q1"));
    }
}

#[test]
fn a_search_does_not_say_what_an_area_has_left_but_which_parent_is_no_more() {
    let part_of = |id: &str, life: Value| {
        json!({"type": "part of", "direction": "backward", "target": id,
               "area": {"id": id, "name": id, "type": "Country", "life-span": life}})
    };
    let relations = [
        part_of("ua", json!({"ended": null})),
        part_of("is", json!({"ended": false})),
        part_of("su", json!({"end": "1991", "ended": true})),
    ];
    let search = json!({"areas": [{"id": "k", "name": "Kyiv", "relation-list": [{"relations": relations}]}]});
    let facts = said("musicbrainz", "areas", &[("k", "", "")], 200, search.to_string().as_bytes());
    let parents: Vec<_> = facts.area_parents.iter().map(|one| (one.parent_id.as_str(), one.is_ended)).collect();
    assert_eq!(parents, [("ua", None), ("is", None), ("su", Some(true))]);
}

#[test]
fn an_album_is_called_what_it_is_besides() {
    for (kind, further, expected) in [
        ("Album", json!([]), "Album"),
        ("Album", json!(["Live", "Compilation"]), "Compilation"),
        ("Album", json!(["Live"]), "Live"),
        ("Album", json!(["Soundtrack", "Live"]), "Soundtrack"),
        ("Album", json!(["Mixtape/Street"]), "Mixtape/Street"),
        ("EP", json!(["Live"]), "EP"),
        ("Album", json!(null), "Album"),
    ] {
        let release =
            json!({"id": "r", "release-group": {"id": "g", "primary-type": kind, "secondary-types": further}});
        for (method, body) in [("release", release.clone()), ("releases", json!({"releases": [release]}))] {
            let facts = said("musicbrainz", method, &[("r", "", "")], 200, body.to_string().as_bytes());
            assert_eq!(facts.albums[0].album_type.as_deref(), Some(expected), "{kind} {further} by {method}");
        }
    }
}

#[test]
fn wikidata_tells_the_longitude_first() {
    let row = |mb: &str, point: &str| json!({"mb": {"value": mb}, "coord": {"value": point}});
    let body = json!({"results": {"bindings": [
        row("a", "Point(-0.1275 51.507222222)"), row("b", "Point(7 6)"), row("b", "Point(7 5)"), row("c", "Point(999 5)"),
        {"mb": {"value": "d"}}
    ]}});
    let subjects = [("a", "", ""), ("b", "", ""), ("c", "", ""), ("d", "", ""), ("e", "", "")];
    let facts = said("wikidata", "coordinates", &subjects, 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["a found", "b found", "c none", "d none", "e none"]);
    let places: Vec<_> = facts.area_coordinates.iter().map(|one| (one.latitude, one.longitude)).collect();
    assert_eq!(places, [(51.507222222, -0.1275), (5.0, 7.0)]);
}

#[test]
fn a_track_of_a_development_app_names_its_artists() {
    let track = json!({"uri": "spotify:track:t", "name": "Song", "duration_ms": 1, "external_ids": {"isrc": "gbaaa9900303"},
        "artists": [{"uri": "spotify:artist:a", "name": "Ann"}, {"uri": "spotify:artist:b", "name": "Bo"}],
        "album": {"uri": "spotify:album:x", "name": "Album"}});
    let subjects = [("spotify:track:t", "Song", "Ann"), ("spotify:track:gone", "", "")];
    let many = json!({"tracks": [track, null]});
    let facts = said("spotify", "tracks", &subjects, 200, many.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["spotify:track:t found", "spotify:track:gone none"]);
    let facts = said("spotify", "track", &subjects[..1], 200, track.to_string().as_bytes());
    let credits: Vec<_> = facts.track_credits.iter().map(|one| (one.position, one.artist_uri.as_deref())).collect();
    assert_eq!(credits, [(1, Some("spotify:artist:a")), (2, Some("spotify:artist:b"))]);
    assert_eq!(facts.tracks[0].track_isrc.as_deref(), Some("GBAAA9900303"));
    let facts = said("spotify", "track", &subjects[1..], 404, b"");
    assert_eq!(outcomes(&facts), ["spotify:track:gone none"]);
}

#[test]
fn a_track_that_stands_for_another_is_told_in_its_place() {
    let track =
        |uri: &str, artist: &str| json!({"uri": uri, "name": "Song", "artists": [{"uri": artist, "name": "A"}]});
    let subjects = [("spotify:track:a", "", ""), ("spotify:track:b", "", ""), ("spotify:track:c", "", "")];
    let body = json!({"tracks": [track("spotify:track:z", "spotify:artist:1"), null, track("spotify:track:c", "spotify:artist:3")]});
    let facts = said("spotify", "tracks", &subjects, 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["spotify:track:a found", "spotify:track:b none", "spotify:track:c found"]);
    let credits: Vec<_> =
        facts.track_credits.iter().map(|one| (one.track_uri.as_str(), one.artist_uri.as_deref().unwrap())).collect();
    assert_eq!(credits, [("spotify:track:a", "spotify:artist:1"), ("spotify:track:c", "spotify:artist:3")]);
    // Where some are missing, only the URI tells which is which.
    let body = json!({"tracks": [track("spotify:track:c", "spotify:artist:3")]});
    let facts = said("spotify", "tracks", &subjects, 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["spotify:track:a none", "spotify:track:b none", "spotify:track:c found"]);
}

#[test]
fn a_merged_release_is_told_by_the_id_that_was_asked_for() {
    let body = json!({"id": "new", "title": "Album", "date": "1999", "barcode": "000", "media": [{"track-count": 9}],
        "label-info": [{"label": {"name": "Label"}}], "release-group": {"id": "g", "primary-type": "Album"}});
    let facts = said("musicbrainz", "release", &[("old", "", "")], 200, body.to_string().as_bytes());
    assert_eq!(outcomes(&facts), ["old found"]);
    let album = &facts.albums[0];
    assert_eq!((album.album_ref.as_str(), album.label.as_deref(), album.total_tracks), ("old", Some("Label"), Some(9)));
    assert_eq!(album.upc, None, "a barcode of zeros is none");
}

#[test]
fn numbers_and_codes_that_cannot_be_true_are_not_known() {
    let artist =
        json!({"id": "a", "name": "Ann", "country": "Europe", "tags": [{"name": "rock", "count": 3_000_000_000_i64}]});
    let facts = said("musicbrainz", "artist", &[("a", "", "")], 200, artist.to_string().as_bytes());
    assert_eq!((facts.artists[0].country_code.as_deref(), facts.genre_votes[0].votes), (None, None));
    let area = json!({"id": "a", "name": "X", "iso-3166-1-codes": ["long", "se"]});
    let facts = said("musicbrainz", "area", &[("a", "", "")], 200, area.to_string().as_bytes());
    assert_eq!(facts.areas[0].iso_3166_1.as_deref(), Some("SE"));
    let artist = json!({"artists": [{"uri": "a", "name": "Ann", "popularity": 101, "genres": null, "followers": {"total": -1}}]});
    let facts = said("spotify", "spotify_artists", &[("a", "", "")], 200, artist.to_string().as_bytes());
    assert_eq!(
        (outcomes(&facts), facts.artists[0].popularity, facts.artists[0].followers),
        (vec!["a found".to_owned()], None, None)
    );
    let album =
        json!({"uri": "a", "name": "Album", "popularity": 200, "total_tracks": 5_000_000_000_i64, "artists": null});
    let facts = said("spotify", "album", &[("a", "", "")], 200, album.to_string().as_bytes());
    assert_eq!((facts.albums[0].popularity, facts.albums[0].total_tracks), (None, None));
    let place = json!([{"lat": "48.1", "lon": "11.5", "address": {"country_code": "germany"}}]);
    let facts = said("nominatim", "place", &[("a", "", "")], 200, place.to_string().as_bytes());
    assert_eq!(facts.area_coordinates[0].country_code, None);
}

#[test]
fn what_makes_no_sense_and_what_is_refused_is_no_miss() {
    let subjects = [("a", "Ann", ""), ("b", "Bo", "")];
    let facts = said("musicbrainz", "artists", &subjects, 200, br#"{"artists":"soon"}"#);
    assert_eq!(outcomes(&facts), ["a unreadable", "b unreadable"]);
    let facts = said("musicbrainz", "artists", &subjects, 400, b"");
    assert_eq!(outcomes(&facts), ["a refused", "b refused"]);
}

#[test]
fn an_answer_without_what_was_asked_for_is_no_miss() {
    let subjects = [("spotify:artist:a", "Ann", ""), ("spotify:artist:b", "Bo", "")];
    let of_musicbrainz =
        ["url", "album_url", "search", "artists", "release_groups", "recordings", "releases", "areas", "isrc"];
    let of_spotify = ["tracks", "albums", "spotify_artists"];
    let singles = [("musicbrainz", "artist"), ("musicbrainz", "area"), ("spotify", "track"), ("spotify", "album")];
    let others = [
        ("listenbrainz", "names"),
        ("listenbrainz", "tags"),
        ("listenbrainz", "popularity"),
        ("wikidata", "coordinates"),
        ("nominatim", "place"),
        ("openweather", "geocode"),
    ];
    let of = |service: &'static str, methods: &[&'static str]| {
        methods.iter().map(|method| (service, *method)).collect::<Vec<_>>()
    };
    let ways = [of("musicbrainz", &of_musicbrainz), of("spotify", &of_spotify), singles.to_vec(), others.to_vec()];
    for (service, method) in ways.concat() {
        for body in ["{}", r#"{"error":"something went wrong"}"#] {
            let facts = said(service, method, &subjects, 200, body.as_bytes());
            let told = outcomes(&facts);
            let is_unreadable = |outcome: &String| outcome.ends_with(" unreadable");
            assert!(!told.is_empty() && told.iter().all(is_unreadable), "{method} {body}: {told:?}");
        }
    }
}
