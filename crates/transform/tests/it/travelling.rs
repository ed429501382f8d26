//! Trips: asked about, accepted there and back, dismissed.

use transform::travel::{Request, travel};

use crate::story::Story;
use crate::world::failure;

/// What these tests look at.
const MODELS: &str = "fct_track_played dim_account rpt_trips";

/// Ann in Berlin, from 3 to 7 July in Tokyo, and home again if `is_back`.
fn trip(is_back: bool) -> Story {
    let mut rows =
        "play_id | account_id | source | clock | kind | ended_at | ms_played | track_uri | track_name | conn_country"
            .to_owned();
    let days = (1..=2).map(|day| (day, "DE")).chain((3..=7).map(|day| (day, "JP")));
    let back = (8..=9).map(|day| (day, "DE")).filter(|_| is_back);
    for (day, country) in days.chain(back) {
        for hour in 10..13 {
            rows += &format!(
                "\np{day}{hour} | ANN | spotify_export | end | track | 2024-07-{day:02} {hour}:00:00Z | 60000 | u | Song | {country}"
            );
        }
    }
    Story::of(MODELS, &rows)
}

fn accept(number: i32) -> Request {
    Request { accept: vec![number], ..Request::default() }
}

#[test]
fn a_trip_is_asked_about_and_accepted_there_and_back() {
    let story = trip(true);
    let context = story.world.context();
    let asked = travel(&context, &Request::default()).unwrap();
    assert!(asked.text.contains("1  Ann: Japan, 3 to 7 July 2024, 15 plays: use Asia/Tokyo time?"), "{}", asked.text);
    travel(&context, &accept(1)).unwrap();
    // It is gone at once, and after the refresh the plays have the time of the place.
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    assert!(!story.refresh().counts.contains_key("up_to_date"));
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    assert_eq!(
        story.ask("select zone || ':' || count(*) || ':' || min(time_id) // 3600 from fct_track_played group by zone order by zone"),
        "Asia/Tokyo:15:19 Europe/Berlin:12:12"
    );
    let (message, code) = failure(travel(&context, &accept(1)));
    assert!(message.contains("no suggestion 1") && code == 2, "{message}");
}

#[test]
fn another_zone_of_the_country_can_be_said() {
    let story = trip(true);
    let context = story.world.context();
    let (message, _) = failure(travel(&context, &Request { zone: Some("Japan/Osaka".into()), ..accept(1) }));
    assert!(message.contains("no IANA time zone"), "{message}");
    travel(&context, &Request { zone: Some("Asia/Seoul".into()), ..accept(1) }).unwrap();
    let zones: Vec<_> =
        context.state().unwrap().zones().unwrap().into_iter().filter(|one| one.account_id == story.ann).collect();
    let told: Vec<_> = zones.iter().map(|one| (one.valid_from.map(|at| at.to_rfc3339()), one.zone.name())).collect();
    assert_eq!(
        told,
        [
            (None, "Europe/Berlin"),
            (Some("2024-07-03T10:00:00+00:00".to_owned()), "Asia/Seoul"),
            (Some("2024-07-08T10:00:00+00:00".to_owned()), "Europe/Berlin"),
        ]
    );
}

#[test]
fn a_trip_that_goes_on_leads_nowhere_yet() {
    let story = trip(false);
    let context = story.world.context();
    let accepted = travel(&context, &accept(1)).unwrap();
    assert!(accepted.text.contains("the way back will be asked about"), "{}", accepted.text);
    assert_eq!(context.state().unwrap().zones().unwrap().len(), 3);
}

#[test]
fn a_dismissed_trip_is_never_asked_about_again() {
    let story = trip(true);
    let context = story.world.context();
    travel(&context, &Request { dismiss: vec![1], ..Request::default() }).unwrap();
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    story.refresh();
    assert_eq!(story.ask("select count(*) from rpt_trips"), "0");
    assert_eq!(story.ask("select count(distinct zone) from fct_track_played"), "1");
}

#[test]
fn other_accounts_can_be_left_out() {
    let story = trip(true);
    let asked = travel(&story.world.context(), &Request { account: Some("Bo".into()), ..Request::default() }).unwrap();
    assert_eq!(asked.counts["suggestions"], 0);
}
