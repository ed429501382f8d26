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

/// What the suggestions are called, in the order of the list.
fn ids(story: &Story) -> Vec<String> {
    let asked = travel(&story.world.context(), &Request::default()).unwrap().text;
    let lines = asked.lines().filter(|line| line.ends_with(" time?"));
    lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

fn accept(id: &str) -> Request {
    Request { accept: vec![id.to_owned()], ..Request::default() }
}

fn dismiss(id: &str) -> Request {
    Request { dismiss: vec![id.to_owned()], ..Request::default() }
}

#[test]
fn a_trip_is_asked_about_and_accepted_there_and_back() {
    let story = trip(true);
    let context = story.world.context();
    let asked = travel(&context, &Request::default()).unwrap();
    assert!(asked.text.contains("  Ann: Japan, 3 to 7 July 2024, 15 plays: use Asia/Tokyo time?"), "{}", asked.text);
    let id = ids(&story).concat();
    let accepted = travel(&context, &accept(&id)).unwrap().text;
    let way_back = "to take that back: `music-tracker account set \"Ann\" --forget-from 2024-07-03T10:00:00Z`, then \
                    `music-tracker account set \"Ann\" --forget-from 2024-07-08T10:00:00Z`";
    assert!(accepted.ends_with(way_back), "{accepted}");
    // It is gone at once, and after the refresh the plays have the time of the place.
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    assert!(!story.refresh().counts.contains_key("up_to_date"));
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    assert_eq!(
        story.ask("select zone || ':' || count(*) || ':' || min(time_id) // 3600 from fct_track_played group by zone order by zone"),
        "Asia/Tokyo:15:19 Europe/Berlin:12:12"
    );
    let (message, code) = failure(travel(&context, &accept(&id)));
    assert!(message.contains(&format!("no suggestion {id}")) && code == 2, "{message}");
}

#[test]
fn another_zone_of_the_country_can_be_said() {
    let story = trip(true);
    let context = story.world.context();
    let id = ids(&story).concat();
    let (message, _) = failure(travel(&context, &Request { zone: Some("Japan/Osaka".into()), ..accept(&id) }));
    assert!(message.contains("no IANA time zone"), "{message}");
    travel(&context, &Request { zone: Some("Asia/Seoul".into()), ..accept(&id) }).unwrap();
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
    let accepted = travel(&context, &accept(&ids(&story).concat())).unwrap();
    assert!(accepted.text.contains("the way back will be asked about"), "{}", accepted.text);
    assert_eq!(context.state().unwrap().zones().unwrap().len(), 3);
}

#[test]
fn a_dismissed_trip_is_not_asked_about_again_until_that_is_taken_back() {
    let story = trip(true);
    let context = story.world.context();
    let id = ids(&story).concat();
    let said = travel(&context, &dismiss(&id)).unwrap().text;
    assert!(said.ends_with(&format!("`music-tracker travel --undo {id}` takes that back")), "{said}");
    assert_eq!(travel(&context, &Request::default()).unwrap().counts["suggestions"], 0);
    story.refresh();
    assert_eq!(story.ask("select count(*) from rpt_trips"), "0");
    assert_eq!(story.ask("select count(distinct zone) from fct_track_played"), "1");
    let list = travel(&context, &Request { dismissed: true, ..Request::default() }).unwrap();
    assert!(list.text.starts_with(&format!("{id}  Ann: JP from 2024-07-03T10:00:00Z")), "{}", list.text);
    let undo = |id: &str| travel(&context, &Request { undo: vec![id.to_owned()], ..Request::default() });
    undo(&id).unwrap();
    story.refresh();
    assert_eq!(ids(&story).concat(), id);
    let (message, code) = failure(undo(&id));
    assert!(message.contains(&format!("no trip {id} was dismissed")) && code == 2, "{message}");
}

#[test]
fn a_second_answer_is_about_the_trip_that_was_seen() {
    let mut story = trip(true);
    let mut later =
        "play_id | account_id | source | clock | kind | ended_at | ms_played | track_uri | track_name | conn_country"
            .to_owned();
    for (day, country) in [(15, "US"), (16, "US"), (17, "US"), (18, "US"), (19, "DE")] {
        for hour in 10..13 {
            later += &format!(
                "\nl{day}{hour} | ANN | spotify_export | end | track | 2024-07-{day:02} {hour}:00:00Z | 60000 | u | Song | {country}"
            );
        }
    }
    story.receive(&later);
    story.refresh();
    let seen = ids(&story);
    let [japan, america] = &seen[..] else { panic!("{seen:?}") };
    let context = story.world.context();
    travel(&context, &dismiss(japan)).unwrap();
    story.refresh();
    assert_eq!(ids(&story), std::slice::from_ref(america));
    let (message, _) = failure(travel(&context, &dismiss("1")));
    assert!(message.contains("there is no suggestion 1"), "{message}");
    let accepted = travel(&context, &accept(america)).unwrap().text;
    assert!(accepted.contains("lives in America/New_York from 2024-07-15"), "{accepted}");
}

#[test]
fn other_accounts_can_be_left_out() {
    let story = trip(true);
    let asked = travel(&story.world.context(), &Request { account: Some("Bo".into()), ..Request::default() }).unwrap();
    assert_eq!(asked.counts["suggestions"], 0);
}
