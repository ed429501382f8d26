//! People: paused, merged and removed.

use lake::schema::{PLAY_CREDITS, PLAYS, TABLES};
use platform::StateDb;
use simulator::server::Service;

use crate::upstream::Upstream;
use crate::world::{AUDIO, World, row, rows};

fn import(world: &World, account: &str, minutes: std::ops::Range<u32>) {
    let zip = world.zip("export.zip", &[(AUDIO, rows(minutes.map(|minute| row(minute, minute))))]);
    world.ingest(&["import", zip.to_str().unwrap(), "--account", account, "--yes"]).expect_ok();
}

fn add(world: &World, name: &str) {
    assert!(world.command(&["account", "add", name, "--zone", "Asia/Kolkata"]).status().unwrap().success());
}

#[test]
fn a_paused_source_rests_until_it_is_resumed() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let asked = upstream.requests(Service::Spotify);
    assert_eq!(world.says(&upstream, &["account", "pause", "me"]).0, 0);
    assert_eq!(world.job(&upstream, &["spotify"]).expect_ok().count("rows"), 0);
    assert_eq!(upstream.requests(Service::Spotify), asked);
    assert_eq!(world.says(&upstream, &["account", "resume", "me"]).0, 0);
    world.job(&upstream, &["spotify"]).expect_counts(50, 0, 0, 0);
}

#[test]
fn merging_makes_one_history_of_two_that_overlap() {
    let (world, alone) = (World::new(), World::new());
    add(&alone, "ann");
    import(&alone, "ann", 0..100);
    import(&alone, "ann", 60..160);
    add(&world, "ann");
    add(&world, "me");
    import(&world, "me", 0..100);
    import(&world, "ann", 60..160);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 200);
    assert!(world.command(&["account", "merge", "me", "ann"]).status().unwrap().success());
    assert_eq!(world.plays(), alone.plays());
    assert_eq!(StateDb::open(&world.data().state_db()).unwrap().accounts().unwrap().len(), 1);
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
    assert!(!world.command(&["account", "merge", "ann", "ann"]).status().unwrap().success());
}

#[test]
fn a_merged_account_keeps_its_login() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_counts(50, 0, 0, 0);
    add(&world, "ada");
    let (code, said) = world.says(&upstream, &["account", "merge", "me", "ada"]);
    assert_eq!(code, 0, "{said}");
    world.job(&upstream, &["spotify"]).expect_counts(0, 50, 0, 0);
}

#[test]
fn a_history_is_not_removed_by_a_slip_and_erasing_leaves_nothing() {
    let (world, upstream) = (World::new(), Upstream::start());
    add(&world, "bob");
    import(&world, "bob", 0..50);
    world.log_in(&upstream, &["--account", "bob"]);
    add(&world, "ann");
    import(&world, "ann", 0..70);
    let account_id = |name: &str| {
        let state = StateDb::open(&world.data().state_db()).unwrap();
        state.account(name).unwrap().map(|account| account.account_id.to_string())
    };
    let bob = account_id("bob").unwrap();
    assert_eq!(world.says(&upstream, &["account", "remove", "bob"]).0, 2);
    assert_eq!(world.says(&upstream, &["account", "remove", "bob", "--erase"]).0, 3, "nobody confirmed");
    assert_eq!(world.rows(&PLAYS, &[]).len(), 120);
    let (code, said) = world.says(&upstream, &["account", "remove", "bob", "--erase", "--yes"]);
    assert!(code == 0 && said.contains("Backups"), "{said}");
    assert_eq!(account_id("bob"), None);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 70);
    let holds = |bytes: &[u8]| bytes.windows(bob.len()).any(|window| window == bob.as_bytes());
    for path in world.files("") {
        let is_lock = path.extension().is_some_and(|ending| ending == "lock");
        assert!(is_lock || !path.to_string_lossy().contains(&bob), "{}", path.display());
        assert!(!holds(&std::fs::read(&path).unwrap()), "{} still names bob", path.display());
    }
    for table in TABLES {
        assert!(table.name != PLAY_CREDITS.name || world.rows(table, &[]).is_empty());
    }
    assert_eq!(world.says(&upstream, &["account", "remove", "ann", "--erase", "--yes"]).0, 0);
}
