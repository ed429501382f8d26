use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use simulator::{AccountPlan, Scenario, TruePlay, World, parse_instant};

use crate::household;

/// Plays of someone who listens to a lot around a day.
fn around(zone: Tz, from: &str, to: &str) -> World {
    let scenario = Scenario::new(2)
        .between(parse_instant(from).unwrap(), parse_instant(to).unwrap())
        .plays_per_account(600)
        .artists(60)
        .account(AccountPlan::at_home("ada", zone));
    World::build(&scenario).unwrap()
}

fn offsets_on(world: &World, day: &str) -> HashSet<i32> {
    let day: NaiveDate = day.parse().unwrap();
    let plays = world.plays_of("ada").filter(|play| play.local_date() == day);
    plays
        .map(|play| play.zone.offset_from_utc_datetime(&play.ended_at.naive_utc()).fix().local_minus_utc() / 60)
        .collect()
}

#[test]
fn local_time_is_what_the_wall_clock_says() {
    for play in household().plays() {
        let wall = play.ended_at.with_timezone(&play.zone);
        assert_eq!(play.local, wall.naive_local());
        assert_eq!(play.local_date(), wall.date_naive());
        let seconds = wall.format("%H:%M:%S").to_string();
        let shown = [play.local_hour(), play.local_second() / 60 % 60, play.local_second() % 60];
        assert_eq!(seconds, format!("{:02}:{:02}:{:02}", shown[0], shown[1], shown[2]));
    }
}

#[test]
fn known_moments_of_known_zones() {
    // Independent of both chrono-tz and ICU: written by hand from the rules of each zone.
    let offset = |zone: Tz, moment: &str| {
        let moment: DateTime<Utc> = parse_instant(moment).unwrap();
        moment.with_timezone(&zone).naive_local().signed_duration_since(moment.naive_utc()).num_minutes()
    };
    assert_eq!(offset(Tz::Europe__Berlin, "2023-03-26T00:59:59Z"), 60);
    assert_eq!(offset(Tz::Europe__Berlin, "2023-03-26T01:00:00Z"), 120);
    assert_eq!(offset(Tz::Asia__Kolkata, "2023-02-10T12:00:00Z"), 330);
    assert_eq!(offset(Tz::Australia__Lord_Howe, "2022-04-02T14:59:59Z"), 660);
    assert_eq!(offset(Tz::Australia__Lord_Howe, "2022-04-02T15:00:00Z"), 630);
}

#[test]
fn there_are_plays_on_both_sides_of_every_clock_change() {
    let berlin = around(Tz::Europe__Berlin, "2024-10-20", "2024-11-03");
    assert_eq!(offsets_on(&berlin, "2024-10-27"), HashSet::from([120, 60]));
    let new_york = around(Tz::America__New_York, "2024-03-03", "2024-03-17");
    assert_eq!(offsets_on(&new_york, "2024-03-10"), HashSet::from([-300, -240]));
    let lord_howe = around(Tz::Australia__Lord_Howe, "2024-03-30", "2024-04-14");
    assert_eq!(offsets_on(&lord_howe, "2024-04-07"), HashSet::from([660, 630]));
    // The hour that happens twice is really played in twice.
    let twice = |play: &TruePlay<'_>| play.local.to_string().starts_with("2024-10-27 02");
    let moments: HashSet<_> =
        berlin.plays_of("ada").filter(twice).map(|play| play.ended_at.timestamp() / 3_600).collect();
    assert_eq!(moments.len(), 2, "02:xx summer time and 02:xx winter time");
}

#[test]
fn travel_changes_the_zone_and_the_country() {
    let world = household();
    let on = |moment: &str| {
        let moment = parse_instant(moment).unwrap();
        world.plays_of("alice").find(|play| play.ended_at >= moment).unwrap()
    };
    let home = on("2023-01-20");
    assert_eq!((home.zone, home.conn_country), (Tz::Europe__Berlin, "DE"));
    let away = on("2023-02-10");
    assert_eq!((away.zone, away.conn_country), (Tz::Asia__Kolkata, "IN"));
    assert_eq!(on("2023-10-25").conn_country, "US");
    assert_eq!(on("2024-01-01").zone, Tz::Europe__Berlin);
    // On the day of the journey there are plays before and after it.
    let journey = parse_instant("2023-02-03").unwrap();
    let near = world.plays_of("alice").filter(|play| (play.ended_at - journey).num_minutes().abs() < 120);
    let zones: HashSet<_> = near.map(|play| play.zone).collect();
    assert_eq!(zones.len(), 2);
}
