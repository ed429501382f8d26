//! What went wrong in the project that this one replaces, seen in the star schema.

use std::time::Duration;

use simulator::server::{Options, Server};
use simulator::{AccountPlan, Scenario, World};
use tokio::runtime::Runtime;

use crate::home::{Home, PLAYS};

impl Home {
    /// Asks the services, who know the artists of the export.
    #[track_caller]
    fn enrich(&self) {
        let scenario = Scenario::new(5)
            .account(AccountPlan::at_home("me", chrono_tz::UTC))
            .plays_per_account(PLAYS.parse().unwrap())
            .artists(10);
        let world = World::build(&scenario).unwrap();
        let token = world.account("me").unwrap().listenbrainz_token.clone();
        let options = Options {
            musicbrainz_interval: Duration::ZERO,
            nominatim_interval: Duration::ZERO,
            checks_user_agent: false,
            ..Options::default()
        };
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(world, options)).unwrap();
        let mut enrich = self.command("music-tracker", &["enrich"]);
        enrich.env("LISTENBRAINZ_TOKEN", token);
        for (service, url) in [
            ("MUSICBRAINZ", server.musicbrainz_base_url()),
            ("LISTENBRAINZ", server.listenbrainz_base_url()),
            ("WIKIDATA", server.wikidata_base_url()),
            ("NOMINATIM", server.nominatim_base_url()),
        ] {
            enrich.env(format!("{service}_BASE_URL"), url).env(format!("MUSIC_{service}__SPACING_MS"), "0");
        }
        let output = enrich.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The only value of an answer.
    #[track_caller]
    fn answer(&self, question: &str) -> String {
        let output = self.run("music-tracker", &["query", "--format", "csv", question]);
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap_or_default().to_owned()
    }
}

/// B3: plays of artists that nothing was known about yet were missing from every report.
#[test]
fn plays_of_artists_nobody_has_looked_up_are_in_every_report() {
    let home = Home::new();
    home.run("music-tracker", &["import", "export.zip"]);
    let joined = "select count(*) from fct_track_played join dim_artist using (artist_id)
                  join dim_album using (album_id) join dim_track using (track_id) join dim_date using (date_id)
                  join dim_time using (time_id)";
    assert_eq!(home.answer(joined), PLAYS);
    let named = "select count(*) from fct_track_played join dim_artist using (artist_id)
                 where kind = 'track' and artist_name is null";
    assert_eq!(home.answer(named), "0");
    let counted = "select sum(plays)::bigint from rpt_top_artists where period = 'all time'";
    assert_ne!(home.answer(counted), "0");
}

/// B12: one zone and one user were written into the code.
#[test]
fn the_hour_of_a_play_is_the_listeners_own_wherever_they_live() {
    let home = Home::with_models("fct_track_played dim_time");
    for (name, zone) in [("ann", "America/Denver"), ("raj", "Asia/Kolkata")] {
        home.run("music-tracker", &["account", "add", name, "--zone", zone]);
        home.run("music-tracker", &["import", "export.zip", "--account", name, "--yes"]);
    }
    for (zone, offset) in [("America/Denver", "-25200, -21600"), ("Asia/Kolkata", "19800")] {
        let wrong = format!(
            "select count(*) from fct_track_played join dim_time using (time_id)
             where zone = '{zone}' and ((hour_of_day * 3600 + second_of_hour
                   - epoch(date_trunc('second', ended_at))::bigint % 86400 + 3 * 86400) % 86400)
                   not in (select (o + 86400) % 86400 from unnest([{offset}]) as t(o))"
        );
        assert_eq!(home.answer(&wrong), "0", "{zone}");
        assert_eq!(home.answer(&format!("select count(*) from fct_track_played where zone = '{zone}'")), PLAYS);
    }
}

/// B14: only plays of the last two days were ever looked at, so imports stayed without artists.
#[test]
fn an_import_of_old_plays_is_as_complete_as_yesterdays() {
    let home = Home::with_models("fct_track_played dim_artist");
    home.run("music-tracker", &["import", "export.zip"]);
    let old = "select count(*) from fct_track_played where ended_at < now() - interval 300 days";
    assert_eq!(home.answer(old), PLAYS);
    let without_artist = "select count(*) from fct_track_played
                          where kind = 'track' and artist_id = 'unknown'";
    assert_eq!(home.answer(without_artist), "0");
}

/// B9: facts had keys that no dimension had, and most of them were those of what was known best.
#[test]
fn plays_find_all_that_is_known_about_their_artists() {
    let home =
        Home::with_models("fct_track_played fct_artist_genre dim_album dim_artist dim_genre dim_location dim_track");
    home.run("music-tracker", &["import", "export.zip"]);
    home.enrich();
    home.run("music-tracker", &["refresh"]);

    let known = "select count(*) from dim_artist where artist_mbid is not null and primary_genre <> 'unknown'
                 and location_id <> 'unknown'";
    assert_ne!(home.answer(known), "0");
    let joined = "select count(*) from fct_track_played join dim_artist using (artist_id)
                  join dim_location using (location_id) join dim_album using (album_id)
                  join dim_track using (track_id)";
    assert_eq!(home.answer(joined), PLAYS);
    let music = home.answer("select count(*) from fct_track_played where is_music");
    let whole = "select count(*) from (select play_id from fct_artist_genre join dim_genre using (genre_id)
                 group by play_id having abs(sum(weight) - 1) < 1e-9)";
    assert_eq!(home.answer(whole), music);
}

/// Corrections are written by one program and honoured by another.
#[test]
fn whoever_a_person_spoke_of_is_not_looked_up() {
    let home = Home::with_models("fct_track_played dim_artist bridge_track_artist");
    home.run("music-tracker", &["import", "export.zip"]);
    let named = "select artist_name from dim_artist where known_by = 'name' and artist_name <> 'Various Artists'
                 order by artist_id limit 1 offset";
    let [nobody, merged, other] = [0, 1, 2].map(|place| home.answer(&format!("{named} {place}")));
    home.run("music-tracker", &["correct", "artist", "add", "link", &nobody, "none"]);
    home.run("music-tracker", &["correct", "artist", "add", "merge", &merged, &other]);
    home.enrich();
    let duckdb = duckdb::Connection::open_in_memory().unwrap();
    let lookups = format!("read_parquet('{}')", home.path("data/src/lookups/**/*.parquet").display());
    let looked_up = |name: &str| -> bool {
        let question = format!("select count(*) > 0 from {lookups} where lower(subject) = lower(?)");
        duckdb.query_row(&question, [name], |row| row.get(0)).unwrap()
    };
    assert_eq!([nobody, merged, other].map(|name| looked_up(&name)), [false, false, true]);
}
