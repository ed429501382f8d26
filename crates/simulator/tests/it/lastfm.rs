use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulator::server::{Fault, FaultKind, Options, Service};
use simulator::{Elsewhere, Feeds, Origin, Scrobble, TruePlay, World};

use crate::small_scenario;
use crate::visit::Visit;

const METHOD: &str = "lastfm/2.0/?method=user.getrecenttracks&api_key=0123456789abcdef&format=json&user=ada_fm";

impl Visit {
    async fn tracks(&self, query: &str) -> Value {
        self.json(&format!("{METHOD}&{query}")).await["recenttracks"].clone()
    }

    fn scrobbles_known(&self) -> Vec<Scrobble> {
        let world = self.server.world();
        let now_ms = self.server.now().timestamp_millis();
        let scrobbles = world.scrobbles_of(world.account("ada").unwrap());
        scrobbles.into_iter().filter(|scrobble| scrobble.inserted_ms <= now_ms).collect()
    }
}

fn uts(page: &Value) -> Vec<i64> {
    let tracks = page["track"].as_array().unwrap().iter().filter(|track| track["date"].is_object());
    tracks.map(|track| track["date"]["uts"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn pages_have_totals_as_texts() {
    let visit = Visit::everywhere(Options::default()).await;
    let known = visit.scrobbles_known();
    let (mut seen, mut page) = (Vec::new(), 1);
    loop {
        let tracks = visit.tracks(&format!("limit=500&page={page}")).await;
        let pages = known.len().div_ceil(200).to_string();
        let expected = json!({"user": "ada_fm", "totalPages": pages, "page": page.to_string(), "perPage": "200",
                              "total": known.len().to_string()});
        assert_eq!(tracks["@attr"], expected);
        let times = uts(&tracks);
        if times.is_empty() {
            break;
        }
        seen.extend(times);
        page += 1;
    }
    assert!(page > 2 && seen.is_sorted_by(|left, right| left >= right));
    seen.reverse();
    assert_eq!(seen, known.iter().map(|scrobble| scrobble.uts).collect::<Vec<_>>());
    let numbers: BTreeSet<usize> = known.iter().map(|scrobble| scrobble.number).collect();
    assert_eq!(visit.server.served(Service::LastFm, "ada"), numbers);
    assert_eq!(uts(&visit.tracks("").await).len(), 50);
}

#[tokio::test]
async fn from_is_inclusive_to_is_not_and_one_track_is_an_object() {
    let visit = Visit::everywhere(Options::default()).await;
    let known = visit.scrobbles_known();
    let (from, to) = (known[10].uts, known[20].uts);
    let times = uts(&visit.tracks(&format!("from={from}&to={to}")).await);
    assert_eq!((times.len(), times.last(), times.first()), (10, Some(&from), Some(&known[19].uts)));
    let lone = known.windows(2).find(|pair| pair[1].uts > pair[0].uts + 1).unwrap()[0].uts;
    let one = visit.tracks(&format!("from={lone}&to={}", lone + 1)).await;
    assert_eq!(one["track"]["date"]["uts"], lone.to_string());
    assert_eq!(one["@attr"]["total"], "1");
    assert_eq!(visit.tracks("from=1&to=2").await["track"], json!([]));
}

#[tokio::test]
async fn scrobbles_tell_the_start_in_texts() {
    let visit = Visit::everywhere(Options::default()).await;
    let (world, known) = (visit.server.world(), visit.scrobbles_known());
    let account = world.account("ada").unwrap();
    let short = visit.tracks("limit=200").await;
    let long = visit.tracks("limit=200&extended=1").await;
    let tracks = |page: &Value| page["track"].as_array().unwrap().clone();
    for ((short, long), scrobble) in tracks(&short).iter().zip(&tracks(&long)).zip(known.iter().rev()) {
        let play = world.play(account, scrobble.number);
        let artist = play.artists().next().unwrap().name.as_str();
        assert_eq!(short["artist"], json!({"mbid": "", "#text": artist}));
        assert_eq!((&long["artist"]["name"], &long["loved"]), (&json!(artist), &json!("0")));
        assert_eq!(short["album"]["#text"], play.collection.name.as_str());
        assert_eq!(short["name"], play.item.title.as_str());
        assert!((0..=2).contains(&(scrobble.uts - play.started_at.timestamp())));
        assert!(play.ms_played >= 30_000 && play.in_lastfm && !play.incognito);
    }
    assert!(known.iter().any(|scrobble| world.play(account, scrobble.number).origin == Origin::Navidrome));
    assert!(known.iter().any(|scrobble| world.play(account, scrobble.number).origin == Origin::Spotify));
}

#[tokio::test]
async fn what_plays_now_is_on_every_page_without_a_date() {
    let visit = Visit::everywhere(Options::default()).await;
    let world = visit.server.world();
    let account = world.account("ada").unwrap();
    let play = world.everything_of(account).filter(|play| play.in_lastfm).nth(200).unwrap();
    let title = play.item.title.clone();
    visit.server.set_now(play.started_at + (play.ended_at - play.started_at) / 3);
    for page in ["page=1&limit=20", "page=2&limit=20", "page=1&limit=20&to=5"] {
        let tracks = visit.tracks(page).await["track"].clone();
        let first = if tracks.is_array() { tracks[0].clone() } else { tracks };
        assert_eq!((&first["name"], &first["@attr"]["nowplaying"]), (&json!(title), &json!("true")));
        assert_eq!(first["date"], Value::Null);
    }
}

#[tokio::test]
async fn errors_have_numbers() {
    let visit = Visit::everywhere(Options { lastfm_api_key: Some("right".into()), ..Options::default() }).await;
    let ask = async |query: &str| {
        let answer = visit.get(&format!("lastfm/2.0/?format=json&{query}")).await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["error"].as_u64().unwrap())
    };
    let method = "method=user.getRecentTracks";
    assert_eq!(ask(&format!("{method}&user=ada_fm")).await, (403, 10));
    assert_eq!(ask(&format!("{method}&user=ada_fm&api_key=wrong")).await, (403, 10));
    assert_eq!(ask(&format!("{method}&user=nobody&api_key=right")).await, (404, 6));
    assert_eq!(ask(&format!("{method}&api_key=right")).await, (400, 6));
    assert_eq!(ask("method=user.getinfo&user=ada_fm&api_key=right").await, (400, 3));
    for (error, status) in [(17, 403), (29, 200), (8, 500), (6, 400)] {
        let kind = FaultKind::ServiceError { error, status };
        visit.server.switch_on(Fault::new(Service::LastFm, kind).at("recent-tracks").times(1)).unwrap();
        assert_eq!(ask(&format!("{method}&user=ada_fm&api_key=right")).await, (status, error.into()));
    }
    let log = visit.server.request_log();
    assert!(log.iter().all(|line| line.service == Service::LastFm && line.endpoint == "recent-tracks"));
    assert_eq!(log.last().unwrap().app.as_deref(), Some("right"));
}

#[test]
fn repeats_that_are_told_are_two_minutes_apart_and_feeds_are_kept() {
    let scenario = small_scenario(3).plays_per_account(3_000).elsewhere(Elsewhere::everything(1_000));
    let world = World::build(&scenario).unwrap();
    for account in world.accounts() {
        assert_eq!(account.navidrome_count(), 1_000);
        let plays: Vec<TruePlay<'_>> = world.everything_of(account).collect();
        for play in plays.iter().filter(|play| play.in_lastfm) {
            let near = |other: &&TruePlay<'_>| {
                other.item.recording == play.item.recording
                    && (other.started_at - play.started_at).num_milliseconds().abs() < 120_000
            };
            assert_eq!(plays.iter().filter(near).count(), 1);
        }
        let mut ends: Vec<_> = plays.iter().map(|play| (play.item.recording, play.ended_at)).collect();
        ends.sort_unstable();
        let close = |pair: &&[(u32, chrono::DateTime<chrono::Utc>)]| {
            pair[0].0 == pair[1].0 && (pair[1].1 - pair[0].1).num_milliseconds() < 200_000
        };
        assert_eq!(ends.windows(2).filter(close).count(), 0);
        assert!(plays.iter().all(|play| play.origin == Origin::Spotify || !play.in_api && !play.is_lost));
    }
    // Whatever is heard elsewhere, the plays on Spotify are the same.
    let alone = World::build(&small_scenario(3).plays_per_account(3_000)).unwrap();
    assert!(alone.plays().zip(world.plays()).all(|(left, right)| {
        (left.ended_at, &left.item.uri, left.in_api) == (right.ended_at, &right.item.uri, right.in_api)
    }));
    assert!(alone.plays().all(|play| !play.in_listenbrainz && !play.in_lastfm));
    let lastfm = Feeds { spotify: false, navidrome: true };
    let some = Elsewhere { lastfm, listenbrainz: Feeds::default(), ..Elsewhere::everything(50) };
    let world = World::build(&small_scenario(3).elsewhere(some)).unwrap();
    let ada = world.account("ada").unwrap();
    assert!(world.listens_of(ada).is_empty());
    assert!(world.everything_of(ada).all(|play| !play.in_lastfm || play.origin == Origin::Navidrome));
}
