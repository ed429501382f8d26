//! What went wrong in the project that this one replaces, seen in the star schema.

use crate::home::{Home, PLAYS};

impl Home {
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
    let home = Home::new();
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
    let home = Home::new();
    home.run("music-tracker", &["import", "export.zip"]);
    let old = "select count(*) from fct_track_played where ended_at < now() - interval 300 days";
    assert_eq!(home.answer(old), PLAYS);
    let without_artist = "select count(*) from fct_track_played
                          where kind = 'track' and artist_id = 'unknown'";
    assert_eq!(home.answer(without_artist), "0");
}
