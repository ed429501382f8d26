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
fn somebody_may_move_on_a_day_whose_clocks_skip_midnight() {
    let world = World::new();
    add(&world, "ann");
    let words = ["account", "set", "ann", "--zone", "America/Santiago", "--from", "2024-09-08"];
    assert!(world.command(&words).status().unwrap().success());
    let state = StateDb::open(&world.data().state_db()).unwrap();
    let zones = state.zones().unwrap();
    let since: Vec<_> = zones.iter().filter_map(|stay| stay.valid_from).map(|at| at.to_rfc3339()).collect();
    assert_eq!(since, ["2024-09-08T04:00:00+00:00"]);
}

#[test]
fn a_paused_source_rests_until_it_is_resumed() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    let asked = upstream.requests(Service::Spotify);
    let (code, said) = world.says(&upstream, &["account", "pause", "me"]);
    assert!(code == 0 && said.contains("Spotify of \"me\" rests until"), "{said}");
    let (code, said) = world.says(&upstream, &["account", "show"]);
    assert!(code == 0 && said.contains("lives in"), "{said}");
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
    assert!(world.command(&["account", "merge", "me", "ann", "--yes"]).status().unwrap().success());
    assert_eq!(world.plays(), alone.plays());
    assert_eq!(StateDb::open(&world.data().state_db()).unwrap().accounts().unwrap().len(), 1);
    let before = world.rows(&PLAYS, &[]);
    world.ingest(&["replay"]).expect_ok();
    assert_eq!(world.rows(&PLAYS, &[]), before);
    assert!(!world.command(&["account", "merge", "ann", "ann", "--yes"]).status().unwrap().success());
}

#[test]
fn a_merge_says_what_will_move_and_waits_for_a_yes() {
    let world = World::new();
    for (name, minutes) in [("ann", 60..160), ("me", 0..100)] {
        add(&world, name);
        import(&world, name, minutes);
    }
    world.file("data/corrections/plays.csv", "id,action,account,artist\n1,exclude,ME,Artist 3\n");
    let before = (world.rows(&PLAYS, &[]), world.files("raw"));
    let (code, said) = account(&world, &["merge", "me", "ann"]);
    let moving = "1 imports, 0 answers of services (100 rows in all), 0 connected sources and 1 corrections move";
    for words in [moving, "for good", "Nothing takes it back", "--yes"] {
        assert!(code == Some(3) && said.contains(words), "{words}: {said}");
    }
    assert_eq!((world.rows(&PLAYS, &[]), world.files("raw")), before);
}

#[test]
fn a_merged_account_keeps_its_login() {
    let (world, upstream) = (World::new(), Upstream::start());
    world.log_in(&upstream, &[]);
    world.job(&upstream, &["spotify"]).expect_counts(50, 0, 0, 0);
    let (_, said) = world.says(&upstream, &["account", "connect", "spotify", "--no-wait"]);
    let back = upstream.browse(said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap());
    add(&world, "ada");
    let (code, said) = world.says(&upstream, &["account", "merge", "me", "ada", "--yes"]);
    assert_eq!(code, 0, "{said}");
    world.job(&upstream, &["spotify"]).expect_counts(0, 50, 0, 0);
    // So does one that was only begun.
    let (code, said) = world.says(&upstream, &["account", "connect", "spotify", "--paste", &back]);
    assert!(code == 0 && said.contains("connected for \"ada\""), "{said}");
}

#[test]
fn a_history_is_not_removed_by_a_slip_and_erasing_leaves_nothing() {
    let (world, upstream) = (World::new(), Upstream::start());
    add(&world, "bob");
    import(&world, "bob", 0..50);
    world.log_in(&upstream, &["--account", "bob"]);
    // Another one that is begun and never ended.
    assert_eq!(world.says(&upstream, &["account", "connect", "spotify", "--account", "bob", "--no-wait"]).0, 0);
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
    let backups = ["backups/monday.tar", "data/backups/tuesday/tracker.db"].map(|name| world.file(name, "bob, too"));
    let (code, said) = world.says(&upstream, &["account", "remove", "bob", "--erase", "--yes"]);
    for (path, name) in backups.iter().zip(["backups/monday.tar\n", "data/backups/tuesday\n"]) {
        assert!(path.exists() && said.contains(name), "{said}");
    }
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

/// Ann's and my history, and what a person wrote about it.
fn corrected(plays: &str) -> World {
    let world = World::new();
    for (name, minutes) in [("ann", 0..50), ("me", 30..80)] {
        add(&world, name);
        import(&world, name, minutes);
    }
    world.file("data/corrections/plays.csv", plays);
    world
}

fn corrections(world: &World) -> String {
    std::fs::read_to_string(world.path("data/corrections/plays.csv")).unwrap()
}

/// A command about accounts: its exit code and everything it said.
fn account(world: &World, words: &[&str]) -> (Option<i32>, String) {
    let output = world.command(&[&["account"], words].concat()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Some play of an account, by its key.
fn some_play(world: &World, name: &str) -> String {
    let account = StateDb::open(&world.data().state_db()).unwrap().account(name).unwrap().unwrap();
    let plays = lake::parts::read_table(&world.data(), &PLAYS).unwrap();
    let text = |column: &str| plays.column(column).unwrap().str().unwrap().clone();
    let (accounts, plays) = (text("account_id"), text("play_id"));
    let mine = accounts.iter().zip(plays.iter()).find(|(id, _)| *id == Some(account.account_id.as_str()));
    mine.unwrap().1.unwrap().to_owned()
}

#[test]
fn corrections_follow_an_account_that_is_merged() {
    let by_hand = "\u{feff}account,id,action,artist,from,to_account\r\n# a party, \"mine\r\nme,1,exclude,,2024-01-01T00:00:00Z,\r\n\
                   ,2,reassign,Artist 3,,ME\r\nann, 3 ,exclude,\"Artist 4\",,\r\n";
    let world = corrected(by_hand);
    world.file("data/corrections/trips.csv", "account,country,first_play_at\nme,JP,2024-01-01T00:00:00Z\n");
    world.file("data/corrections/notes.csv", "account,what\nme,\"not closed\n");
    let (code, said) = account(&world, &["merge", "me", "ann", "--yes"]);
    assert!(code == Some(0) && said.contains("3 corrections"), "{said}");
    assert_eq!(corrections(&world), by_hand.replace("\nme,", "\nann,").replace(",ME\r", ",ann\r"));
    let other = |name: &str| std::fs::read_to_string(world.path("data/corrections").join(name)).unwrap();
    assert!(other("trips.csv").contains("\nann,JP,"));
    assert_eq!(other("notes.csv"), "account,what\nme,\"not closed\n", "a file of the person's own");
}

#[test]
fn a_correction_of_a_single_play_is_named_before_a_merge_would_lose_it() {
    let world = corrected("");
    let (mine, anns) = (some_play(&world, "me"), some_play(&world, "ann"));
    let lines = format!("id,action,play,artist\n1,exclude,{anns},\n2,exclude,{mine},\n3,exclude,,Artist 3\n");
    world.file("data/corrections/plays.csv", &lines);
    let before = (world.rows(&PLAYS, &[]), world.files("raw"));
    let (code, said) = account(&world, &["merge", "me", "ann", "--yes"]);
    assert!(code == Some(2) && said.contains("plays.csv:3: the correction 2 names the play"), "{said}");
    assert!(said.contains("correct undo") && !said.contains("plays.csv:2"), "{said}");
    assert_eq!((world.rows(&PLAYS, &[]), world.files("raw")), before);
    world.file("data/corrections/plays.csv", lines.replace(&format!("2,exclude,{mine},\n"), ""));
    assert_eq!(account(&world, &["merge", "me", "ann", "--yes"]).0, Some(0));
    assert!(corrections(&world).contains(&anns), "the other account's plays keep their names");
}

#[test]
fn lines_that_make_no_sense_are_left_to_a_person() {
    let wrong = "2,exclude,me,,too loud, too long\n";
    let lines = format!("id,action,account,artist,reason\n1,exclude,me,Artist 3,\n{wrong}3,exclude,ann,Artist 3,\n");
    let world = corrected(&lines);
    let (code, said) = account(&world, &["merge", "me", "ann", "--yes"]);
    assert!(code == Some(2) && said.contains("plays.csv:3: 6 values for 5 columns"), "{said}");
    assert_eq!(corrections(&world), lines);
    let (code, said) = account(&world, &["remove", "me", "--erase", "--yes"]);
    assert!(code == Some(0) && said.contains("plays.csv:3: 6 values for 5 columns"), "{said}");
    assert_eq!(corrections(&world), lines.replace("1,exclude,me,Artist 3,\n", ""));
}
