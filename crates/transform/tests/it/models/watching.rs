//! What the polls may have missed, and what they missed in silence; where somebody travelled.

use super::check;

const ACCOUNTS: (&str, &str) = ("src_accounts", "account_id | name\nann | Ann");

const GAPS: (&str, &str) = (
    "src_gaps",
    "account_id | source      | noticed_start        | noticed_end          | gap_start            | gap_end              | detected_at          | estimated_plays | run_id | closed_by
     ann        | spotify_api | 2024-01-02 10:00:00Z | 2024-01-02 16:00:00Z | 2024-01-02 10:00:00Z | 2024-01-02 16:00:00Z | 2024-01-02 16:05:00Z | 30              | r1     | null
     ann        | spotify_api | 2024-01-04 10:00:00Z | 2024-01-04 11:30:00Z | 2024-01-04 10:00:00Z | 2024-01-04 11:00:00Z | 2024-01-04 16:05:00Z | 8               | r2     | receipt
     ann        | spotify_api | 2024-01-04 10:00:00Z | 2024-01-04 11:30:00Z | 2024-01-04 11:00:00Z | 2024-01-04 11:30:00Z | 2024-01-04 16:05:00Z | 4               | r2     | null",
);

#[test]
fn gaps_say_what_an_import_filled_in() {
    check(
        "rpt_gaps",
        &[
            ACCOUNTS,
            GAPS,
            (
                "src_plays",
                "observation_id | play_id | account_id | source         | ended_at             | track_uri
                 e0             | e0      | ann        | spotify_export | 2024-01-04 10:00:00Z | u
                 e1             | e1      | ann        | spotify_export | 2024-01-04 10:30:00Z | u
                 e2             | e2      | ann        | spotify_export | 2024-01-04 11:00:00Z | u
                 e3             | e3      | bo         | spotify_export | 2024-01-04 11:00:00Z | u",
            ),
        ],
        "account_name | source      | state  | closed_by | estimated_plays | plays_filled | hours
         Ann          | spotify_api | open   | null      | 30              | 0            | 6
         Ann          | spotify_api | closed | receipt   | 8               | 2            | 1
         Ann          | spotify_api | open   | null      | 4               | 0            | 0.5",
    );
}

#[test]
fn an_export_proves_what_the_api_left_out_in_silence() {
    check(
        "rpt_silent_omissions",
        &[
            ACCOUNTS,
            GAPS,
            (
                "src_plays",
                "observation_id | play_id | account_id | source         | kind    | ended_at             | track_uri | ms_played | incognito
                 a1             | a1      | ann        | spotify_api    | track   | 2024-01-01 10:00:00Z | u         | null      | null
                 a2             | a2      | ann        | spotify_api    | track   | 2024-01-05 10:00:00Z | u         | null      | null
                 before         | before  | ann        | spotify_export | track   | 2024-01-01 09:00:00Z | u         | 180000    | false
                 listed         | listed  | ann        | spotify_export | track   | 2024-01-01 10:00:00Z | u         | 180000    | false
                 omitted        | omitted | ann        | spotify_export | track   | 2024-01-01 11:00:00Z | v         | 30000     | false
                 secret         | secret  | ann        | spotify_export | track   | 2024-01-01 12:00:00Z | v         | 180000    | true
                 brief          | brief   | ann        | spotify_export | track   | 2024-01-01 13:00:00Z | v         | 29999     | false
                 spoken         | spoken  | ann        | spotify_export | episode | 2024-01-01 14:00:00Z | w         | 180000    | false
                 in_gap         | in_gap  | ann        | spotify_export | track   | 2024-01-02 12:00:00Z | v         | 180000    | false
                 filled         | filled  | ann        | spotify_export | track   | 2024-01-04 11:00:00Z | v         | 180000    | false
                 after          | after   | ann        | spotify_export | track   | 2024-01-05 11:00:00Z | v         | 180000    | false
                 bo             | bo      | bo         | spotify_export | track   | 2024-01-01 11:00:00Z | v         | 180000    | false",
            ),
        ],
        "play_id | account_name | ms_played | is_incognito
         omitted | Ann          | 30000     | false
         secret  | Ann          | 180000    | true",
    );
}

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
    check(
        "rpt_trips",
        &[ACCOUNTS, ("int_plays_resolved", &plays)],
        "trip_number | account_name | country | country_name  | zone             | home_zone     | plays | first_play_at        | last_play_at         | next_play_at
         1           | Ann          | JP      | Japan         | Asia/Tokyo       | Europe/Berlin | 20    | 2024-07-03 08:00:00Z | 2024-07-07 11:00:00Z | 2024-07-08 08:00:00Z
         2           | bo           | US      | United States | America/New_York | Europe/Berlin | 12    | 2024-07-20 08:00:00Z | 2024-07-23 10:00:00Z | null",
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
    for (country, zone) in [("JP", "Asia/Tokyo"), ("US", "America/New_York"), ("DE", "Europe/Berlin")] {
        let most = seed.lines().find(|line| line.starts_with(country) && line.contains(",1,")).unwrap();
        assert!(most.ends_with(zone), "{most}");
    }
}
