//! What the polls may have missed, and what they missed in silence; where somebody travelled.

use super::check;

const ACCOUNTS: (&str, &str) = ("src_accounts", "account_id | name\nann | Ann");

#[test]
fn ten_plays_in_two_days_abroad_are_a_trip_where_the_clock_is_another() {
    let mut plays = "play_id | account_id | conn_country | zone | played_date | ended_at".to_owned();
    let mut stay = |account: &str, country: &str, first_day: u32, days: u32, daily: u32| {
        for day in first_day..first_day + days {
            for hour in 0..daily {
                let at = format!("2024-07-{day:02} {:02}:00:00Z", 8 + hour);
                plays += &format!(
                    "\n{account}{day}{hour} | {account} | {country} | Europe/Berlin | 2024-07-{day:02} | {at}"
                );
            }
        }
    };
    stay("ann", "DE", 1, 2, 5);
    stay("ann", "JP", 3, 5, 4);
    stay("ann", "DE", 8, 2, 5);
    // The clock in France is that of Berlin; a day in London is short; nobody knows where ZZ is.
    stay("ann", "FR", 10, 5, 5);
    stay("ann", "GB", 15, 1, 12);
    stay("ann", "ZZ", 16, 5, 5);
    stay("bo", "US", 20, 4, 3);
    // At home, in a zone that is called by the name it had in old days.
    let home = plays.lines().filter(|line| line.contains("| bo |")).map(|line| {
        let line = line.replace("bo", "cleo").replace("Europe/Berlin", "US/Pacific");
        format!("\n{line}")
    });
    let home: String = home.collect();
    plays += &home;
    check(
        "rpt_trips",
        &[ACCOUNTS, ("int_plays_resolved", &plays)],
        "account_name | country | country_name  | zone             | home_zone     | plays | first_play_at        | last_play_at         | next_play_at
         Ann          | JP      | Japan         | Asia/Tokyo       | Europe/Berlin | 20    | 2024-07-03 08:00:00Z | 2024-07-07 11:00:00Z | 2024-07-08 08:00:00Z
         bo           | US      | United States | America/New_York | Europe/Berlin | 12    | 2024-07-20 08:00:00Z | 2024-07-23 10:00:00Z | null",
    );
    let dismissed = "account_id | country | first_play_at\nann | JP | 2024-07-04 08:00:00Z";
    check(
        "rpt_trips",
        &[ACCOUNTS, ("int_plays_resolved", &plays), ("src_trips_dismissed", dismissed)],
        "account_name | country
         bo           | US",
    );
}

#[test]
fn every_country_has_zones_that_exist() {
    let seed = include_str!("../../../../../sql/seeds/country_zones.csv");
    for line in seed.lines().skip(1) {
        let zone = line.rsplit(',').next().unwrap();
        assert!(zone.parse::<chrono_tz::Tz>().is_ok(), "{line}");
    }
    let of_a_country =
        |name: &str| name.contains('/') && !["Etc", "SystemV"].contains(&name.split('/').next().unwrap());
    for zone in chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| of_a_country(name)) {
        assert!(seed.lines().any(|line| line.ends_with(&format!(",{zone}"))), "{zone} is in no country");
    }
    for (country, zone) in [("JP", "Asia/Tokyo"), ("US", "America/New_York"), ("DE", "Europe/Berlin")] {
        let most = seed.lines().find(|line| line.starts_with(country) && line.contains(",1,")).unwrap();
        assert!(most.ends_with(zone), "{most}");
    }
}
