use std::collections::{HashMap, HashSet};

use chrono::{Datelike, TimeDelta, Weekday};
use proptest::prelude::*;
use simulator::{AccountPlan, Kind, Reason, Scenario, Shares, TruePlay, World};

use crate::{household, small, small_scenario};

fn fingerprint(world: &World, account: &str) -> Vec<String> {
    world.plays_of(account).map(|play| format!("{:?}", (play.ended_at, play.ms_played, &play.item.uri))).collect()
}

#[test]
fn a_seed_is_a_world() {
    assert_eq!(fingerprint(&small(5), "eve"), fingerprint(&small(5), "eve"));
    assert_ne!(fingerprint(&small(5), "eve"), fingerprint(&small(6), "eve"));
}

#[test]
fn another_account_changes_no_life() {
    let crowd = small_scenario(5).account(AccountPlan::at_home("zoe", chrono_tz::Asia::Tokyo));
    let crowd = World::build(&crowd).unwrap();
    assert_eq!(fingerprint(&small(5), "ada"), fingerprint(&crowd, "ada"));
    assert_eq!(small(5).account("ada").unwrap().refresh_token, crowd.account("ada").unwrap().refresh_token);
    assert_ne!(fingerprint(&crowd, "ada"), fingerprint(&crowd, "zoe"));
}

#[test]
fn everyone_has_the_plays_that_were_asked_for() {
    let world = household();
    assert!(world.accounts().iter().all(|account| account.play_count() == 20_000));
    assert_eq!(world.play_count(), 40_000);
    assert_eq!(world.plays().count(), 40_000);
}

#[test]
fn a_history_lasts_until_its_end() {
    let ends = |world: &World| {
        let ends = world.accounts().iter().map(|account| world.plays_of(&account.name).last().unwrap().ended_at);
        ends.map(|ended_at| (world.end() - ended_at).num_days()).collect::<Vec<_>>()
    };
    assert!(ends(household()).iter().all(|days| *days < 15), "{:?}", ends(household()));
    let sparse = World::build(&Scenario::new(1).household().plays_per_account(500)).unwrap();
    assert!(ends(&sparse).iter().all(|days| *days < 30), "{:?}", ends(&sparse));
}

#[test]
fn days_have_their_hours_and_weeks_their_days() {
    let world = household();
    for account in world.accounts() {
        let mut hours = [0; 24];
        let mut days: HashMap<_, usize> = HashMap::new();
        for play in world.plays_of(&account.name) {
            hours[play.local_hour() as usize] += 1;
            *days.entry(play.local_date()).or_default() += 1;
        }
        let night: usize = hours[3..6].iter().sum();
        let evening: usize = hours[17..20].iter().sum();
        assert!(evening > 5 * night && night > 0, "{}: {hours:?}", account.name);
        let on =
            |weekday| days.iter().filter(|(day, _)| day.weekday() == weekday).map(|(_, plays)| plays).sum::<usize>();
        assert!(on(Weekday::Sat) + on(Weekday::Sun) > on(Weekday::Tue) + on(Weekday::Wed));
        let quiet = 1_096 - days.len();
        assert!((30..300).contains(&quiet), "{quiet} quiet days");
    }
}

#[test]
fn favourites_have_a_long_tail_and_change() {
    let world = household();
    let top = |year| {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let plays = world.plays_of("alice").filter(|play| play.kind == Kind::Track && play.ended_at.year() == year);
        plays.for_each(|play| *counts.entry(&play.collection.artist_name).or_default() += 1);
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        counts
    };
    let (early, late) = (top(2022), top(2024));
    let total: usize = early.iter().map(|(_, count)| count).sum();
    let top_ten: usize = early.iter().take(10).map(|(_, count)| count).sum();
    assert!(top_ten * 10 > total * 3 && early.len() > 250, "{top_ten} of {total}, {} artists", early.len());
    let names = |top: &[(&str, usize)]| top.iter().take(10).map(|(name, _)| name.to_string()).collect::<HashSet<_>>();
    let kept = names(&early).intersection(&names(&late)).count();
    assert!((1..10).contains(&kept), "{kept} of ten favourites stayed");
}

#[test]
fn music_is_played_through_skipped_and_repeated() {
    let world = household();
    let plays: Vec<TruePlay<'_>> = world.plays_of("bob").collect();
    let share =
        |is: &dyn Fn(&TruePlay<'_>) -> bool| plays.iter().filter(|play| is(play)).count() as f64 / plays.len() as f64;
    let pairs = |is: &dyn Fn(&TruePlay<'_>, &TruePlay<'_>) -> bool| {
        plays.windows(2).filter(|pair| is(&pair[0], &pair[1])).count()
    };
    assert!((0.05..0.45).contains(&share(&|play| play.reason_end == Reason::FwdBtn)));
    assert!((0.1..0.5).contains(&share(&|play| play.ms_played < 30_000)));
    assert!((0.0005..0.02).contains(&share(&|play| play.ms_played == 0)));
    assert!((0.2..0.7).contains(&share(&|play| play.shuffle)));
    assert!((0.5..0.9).contains(&share(&|play| play.in_api)));
    assert!((0.005..0.06).contains(&share(&|play| play.incognito)));
    assert!(pairs(&|a, b| a.item.uri == b.item.uri && a.item.kind == Kind::Track) > 100, "songs are repeated");
    assert!(
        pairs(&|a, b| a.collection.name == b.collection.name && a.item.track_number + 1 == b.item.track_number) > 3_000
    );
    let quick = pairs(&|a, b| b.started_at - a.ended_at < TimeDelta::seconds(2));
    assert!(quick > plays.len() / 2, "sessions go on: {quick}");
}

#[test]
fn shares_are_kept() {
    let shares = Shares { podcasts: 0.1, audiobooks: 0.05, video: 0.04, local: 0.03, unattributed: 0.02 };
    let scenario = Scenario::new(3).household().plays_per_account(5_000).artists(200).shares(shares);
    let world = World::build(&scenario).unwrap();
    let share = |is: &dyn Fn(&TruePlay<'_>) -> bool| world.plays().filter(|play| is(play)).count() as f64 / 10_000.0;
    let near = |found: f64, wanted: f64| assert!((wanted * 0.8..wanted * 1.2).contains(&found), "{found} for {wanted}");
    near(share(&|play| play.kind == Kind::Episode), 0.1);
    near(share(&|play| play.kind == Kind::Audiobook), 0.05);
    near(share(&|play| play.kind == Kind::Track && play.in_video_file), 0.04);
    near(share(&|play| play.kind == Kind::Local), 0.03);
    near(share(&|play| play.kind == Kind::Unattributed), 0.02);
    assert!(world.plays().all(|play| !play.in_api || matches!(play.kind, Kind::Track | Kind::Local)));
}

#[test]
fn the_catalogue_has_alternates_and_all_precisions() {
    let world = household();
    let catalogue = world.catalogue();
    let mut isrcs: HashMap<&str, HashSet<&str>> = HashMap::new();
    for item in &catalogue.items {
        if let Some(isrc) = &item.isrc {
            isrcs.entry(isrc).or_default().insert(&item.uri);
            assert_eq!(catalogue.items[item.recording as usize].isrc.as_deref(), Some(isrc.as_str()));
        }
    }
    let alternates = isrcs.values().filter(|uris| uris.len() > 1).count() as f64 / isrcs.len() as f64;
    assert!((0.02..0.2).contains(&alternates), "{alternates}");
    let precisions: HashSet<_> = catalogue.collections.iter().map(|album| album.release_date_precision).collect();
    assert_eq!(precisions, HashSet::from(["year", "month", "day"]));
    assert!(catalogue.items.iter().any(|item| item.artists.len() == 3));
    let uris: HashSet<_> = catalogue.items.iter().map(|item| &item.uri).collect();
    assert_eq!(uris.len(), catalogue.items.len());
    let names: HashSet<_> = catalogue.artists.iter().map(|artist| &artist.name).collect();
    assert_eq!(names.len(), catalogue.artists.len());
}

#[test]
fn more_plays_than_fit_are_skipped_through() {
    let world = World::build(&small_scenario(1).plays_per_account(30_000)).unwrap();
    assert!(world.accounts().iter().all(|account| account.play_count() == 30_000));
}

#[test]
fn doubled_rows_are_off_unless_asked_for() {
    let twins = |world: &World| {
        let plays: Vec<_> = world.plays_of("ada").map(|play| (play.ended_at, play.item.uri.clone())).collect();
        plays.windows(2).filter(|pair| pair[0] == pair[1]).count()
    };
    assert_eq!(twins(&small(9)), 0);
    let doubled = World::build(&small_scenario(9).exact_doubles(0.05)).unwrap();
    assert!((5..60).contains(&twins(&doubled)), "{}", twins(&doubled));
    assert_eq!(doubled.account("ada").unwrap().play_count(), 400);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn one_play_after_the_other_and_repeats_apart(seed: u64, plays in 1_usize..900) {
        let scenario = small_scenario(seed).plays_per_account(plays);
        let world = World::build(&scenario).unwrap();
        for account in world.accounts() {
            prop_assert_eq!(account.play_count(), plays);
            let mut last_end: HashMap<(&str, u32), _> = HashMap::new();
            let (mut previous, mut rows) = (scenario.from, HashSet::new());
            for play in world.plays_of(&account.name) {
                prop_assert!(play.started_at >= previous && play.ended_at < scenario.to);
                prop_assert!(play.ended_at > previous);
                prop_assert!(play.ms_played <= play.item.duration_ms);
                prop_assert!(rows.insert((play.ended_at.timestamp(), play.ms_played)), "two rows differ in names only");
                previous = play.ended_at;
                // The same recording under any of its URIs.
                if let Some(before) = last_end.insert((play.account, play.item.recording), play.ended_at) {
                    prop_assert!(play.ended_at - before >= TimeDelta::seconds(200));
                }
            }
        }
    }
}
