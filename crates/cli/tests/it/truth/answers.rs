//! The main answers, worked out from what was really played by code that shares nothing with the SQL.

use std::collections::BTreeMap;

use chrono::{Datelike, SubsecRound};
use serde_json::Value;
use simulator::export::{KeySet, Package};
use simulator::{AccountPlan, Kind, Scenario, TruePlay, World};

use super::household::{Household, Story};
use super::{day, story};

/// How long a silence ends a session, in milliseconds.
const SILENCE_MS: i64 = 30 * 60_000;

/// Every play of the story, told once and in full.
fn household() -> Household {
    let (from, to) = ("2023-09-20", "2023-11-20");
    let world = story(77, 900, from, to).world;
    let exports = ["ada", "bob"].map(|name| Package::extended(name, KeySet::Keys23).between(day(from), day(to)));
    Household::of(Story { world, exports: exports.into(), polls: Vec::new() }).imported()
}

fn plays(world: &World) -> impl Iterator<Item = TruePlay<'_>> {
    world.accounts().iter().flat_map(|account| world.plays_of(&account.name))
}

fn is_music(play: &TruePlay<'_>) -> bool {
    matches!(play.kind, Kind::Track | Kind::Local | Kind::Unattributed)
}

fn text(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap_or_default().to_owned()
}

fn number(row: &Value, column: &str) -> i64 {
    row[column].as_i64().unwrap()
}

/// Artists are those that an export knows: of the album.
fn plays_by_artist(world: &World) -> BTreeMap<(String, String), i64> {
    let mut plays_by_artist = BTreeMap::new();
    for play in plays(world).filter(|play| play.kind == Kind::Track && play.ms_played >= 30_000) {
        let artist = play.collection.artist_name.clone();
        *plays_by_artist.entry((play.account.to_owned(), artist)).or_default() += 1;
    }
    plays_by_artist
}

/// Milliseconds of music by account and local day.
fn music_by_day(world: &World) -> BTreeMap<(String, i64), i64> {
    let mut music_by_day = BTreeMap::new();
    for play in plays(world).filter(is_music) {
        let day = play.local.date();
        let day = i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day());
        *music_by_day.entry((play.account.to_owned(), day)).or_default() += i64::from(play.ms_played);
    }
    music_by_day
}

/// Account, beginning and end in milliseconds, plays. An export tells ends in whole seconds.
fn sessions(world: &World) -> Vec<(String, i64, i64, i64)> {
    let mut sessions: Vec<(String, i64, i64, i64)> = Vec::new();
    let mut spans: Vec<(String, i64, i64)> = plays(world)
        .map(|play| {
            let end = play.ended_at.trunc_subsecs(0).timestamp_millis();
            (play.account.to_owned(), end - i64::from(play.ms_played), end)
        })
        .collect();
    spans.sort();
    for (account, start, end) in spans {
        match sessions.last_mut() {
            Some((last, _, until, plays)) if *last == account && start - *until <= SILENCE_MS => {
                *until = end.max(*until);
                *plays += 1;
            }
            _ => sessions.push((account, start, end, 1)),
        }
    }
    sessions
}

#[test]
fn the_main_answers_are_those_of_the_truth() {
    let household = household();
    let world = household.world();

    let rows = household.answer(
        "select account_name, artist_name, count(*) as plays
         from fct_track_played
         join dim_account using (account_id)
         join dim_artist on fct_track_played.artist_id = dim_artist.artist_id
         where kind = 'track' and is_counted
         group by all",
    );
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| ((text(row, "account_name"), text(row, "artist_name")), number(row, "plays"))).collect();
    assert!(found.len() > 50, "{} artists", found.len());
    assert_eq!(found, plays_by_artist(world));

    let rows = household
        .answer("select account_name, date_id, music_ms from agg_daily join dim_account using (account_id) where music_plays > 0");
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| ((text(row, "account_name"), number(row, "date_id")), number(row, "music_ms"))).collect();
    assert_eq!(found, music_by_day(world));

    let rows = household.answer(
        "select account_name, epoch_ms(started_at) as started, epoch_ms(ended_at) as ended, plays
         from fct_session join dim_account using (account_id) order by all",
    );
    let found: Vec<_> = rows
        .iter()
        .map(|row| (text(row, "account_name"), number(row, "started"), number(row, "ended"), number(row, "plays")))
        .collect();
    assert!(found.len() > 50, "{} sessions", found.len());
    assert_eq!(found, sessions(world));
}

/// The name without what people spell differently.
fn spelled(name: &str) -> String {
    name.to_lowercase().replace('&', "and").replace([' ', '-', '_', '.', '/', '’', '\''], "")
}

/// Which genre a tag means, by the lists that go with the SQL.
fn genres_by_spelling() -> BTreeMap<String, String> {
    let lists = [
        include_str!("../../../../../sql/seeds/genre_synonyms.csv"),
        include_str!("../../../../../sql/seeds/genres.csv"),
    ];
    let mut genres = BTreeMap::new();
    for (list, column) in lists.into_iter().zip([1, 0]) {
        for row in csv::Reader::from_reader(list.as_bytes()).records() {
            let row = row.unwrap();
            genres.insert(spelled(&row[0]), row[column].to_owned());
        }
    }
    genres
}

/// Everyone credited whose genres are known gives a play an equal part of theirs, shared by votes.
fn genre_shares(world: &World, plays: &[TruePlay<'_>]) -> BTreeMap<String, f64> {
    let (facts, meanings) = (world.facts(), genres_by_spelling());
    let genres_of = |artist: &u32| {
        let truth = facts.artist(*artist as usize);
        let meant = |tags: Vec<(&str, u32)>| {
            // Whoever tags in two spellings does not vote twice.
            let mut genres: BTreeMap<&str, u32> = BTreeMap::new();
            for (genre, votes) in
                tags.into_iter().filter_map(|(tag, votes)| Some((meanings.get(&spelled(tag))?, votes)))
            {
                let most = genres.entry(genre).or_default();
                *most = votes.max(*most);
            }
            genres
        };
        // Where nobody voted for the artist, votes for its albums or recordings count.
        let own = meant(truth.own_tags);
        if own.is_empty() { meant(truth.genres) } else { own }
    };
    let mut shares = BTreeMap::new();
    for play in plays {
        let known: Vec<_> = play.item.artists.iter().map(genres_of).filter(|genres| !genres.is_empty()).collect();
        for genres in &known {
            let votes: u32 = genres.values().sum();
            for (genre, of_genre) in genres {
                *shares.entry((*genre).to_owned()).or_default() +=
                    f64::from(*of_genre) / f64::from(votes) / known.len() as f64;
            }
        }
        if known.is_empty() {
            *shares.entry("unknown".to_owned()).or_default() += 1.0;
        }
    }
    shares
}

#[test]
fn genres_have_the_shares_of_the_truth() {
    let (from, to) = (day("2023-09-20"), day("2023-11-20"));
    let ada = AccountPlan::at_home("ada", chrono_tz::Europe::Berlin);
    let scenario = Scenario::new(78).between(from, to).plays_per_account(200).artists(60).all_linked(true).account(ada);
    let polls = (1..=12).map(|poll| from + (to - from) * poll / 12).collect();
    let story = Story { world: World::build(&scenario).unwrap(), exports: Vec::new(), polls };
    let household = Household::of(story).polled_and_enriched();
    let plays = household.polled_plays();
    assert!(plays.len() > 100, "{} plays", plays.len());

    let rows = household.answer("select genre_id, sum(weight) as share from fct_artist_genre group by all");
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| (text(row, "genre_id"), row["share"].as_f64().unwrap())).collect();
    let expected = genre_shares(household.world(), &plays);
    let names = |shares: &BTreeMap<String, f64>| shares.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for (genre, share) in &expected {
        assert!((found[genre] - share).abs() < 1e-6, "{genre}: {} and not {share}", found[genre]);
    }
}
