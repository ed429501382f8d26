//! The whole path, from what was really played to the star schema: none lost, none doubled,
//! each at its local day and second.

mod answers;
mod household;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use simulator::export::{KeySet, Package};
use simulator::{AccountPlan, Scenario, World};

use household::{Household, Story};

fn day(text: &str) -> DateTime<Utc> {
    simulator::parse_instant(text).unwrap()
}

/// Two people, half-hour zones, DST changes, travel, overlapping exports of all key sets, the
/// account data beside them, and polls behind the last export. Some plays stand in an export twice
/// as if they were one.
fn story(seed: u64, plays_per_account: usize, from: &str, to: &str) -> Story {
    let (from, to) = (day(from), day(to));
    let at = |share: f64| from + TimeDelta::milliseconds(((to - from).num_milliseconds() as f64 * share) as i64);
    let ada = AccountPlan::at_home("ada", Tz::Europe__Berlin)
        .moves_to(Tz::Asia__Kolkata, at(0.30))
        .moves_to(Tz::Australia__Lord_Howe, at(0.55))
        .moves_to(Tz::Europe__Berlin, at(0.70));
    let bob = AccountPlan::at_home("bob", Tz::America__St_Johns).moves_to(Tz::America__Denver, at(0.5));
    let scenario = Scenario::new(seed).between(from, to).plays_per_account(plays_per_account).exact_doubles(0.004);
    let scenario = scenario.account(ada).account(bob);
    let exports = ["ada", "bob"]
        .into_iter()
        .flat_map(|name| {
            [
                Package::extended(name, KeySet::Keys21).old_names().between(from, at(0.4)),
                Package::account_data(name).between(at(0.25), at(0.6)),
                Package::extended(name, KeySet::Keys19).between(at(0.2), at(0.65)).rows_per_file(700),
                Package::extended(name, KeySet::Keys23).between(at(0.6), at(0.9)),
            ]
        })
        .collect();
    // Some polls see what the last export holds, the others what no export holds.
    let polls = (0..16).map(|poll| at(0.85 + 0.15 * f64::from(poll) / 16.0)).collect();
    Story { world: World::build(&scenario).unwrap(), exports, polls }
}

#[test]
fn two_hundred_thousand_plays() {
    let story = story(20_260_101, 100_000, "2021-02-01", "2024-02-01");
    let told: usize = story.world.play_count();
    assert!(told >= 195_000, "{told} plays");
    Household::of(story).check();
}

/// How many small worlds there are; more with `MUSIC_WORLDS=50`.
fn worlds() -> u32 {
    std::env::var("MUSIC_WORLDS").ok().and_then(|count| count.parse().ok()).unwrap_or(4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: worlds(), max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn many_small_worlds(seed in 0_u64..1 << 40) {
        Household::of(story(seed, 250, "2023-03-01", "2023-06-01")).check();
    }
}
