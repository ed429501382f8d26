//! Questions to a person at a terminal: whatever the answer, and however long it takes, polls go on.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use lake::schema::PLAYS;
use platform::StateDb;
use platform::files::FileLock;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::polls::page;
use crate::spotify::Spotify;
use crate::world::{AUDIO, Ran, World, row, rows};

/// A program with a person in front of it.
struct Conversation {
    child: Child,
    terminal: File,
    /// What the person has read so far.
    screen: String,
}

impl Conversation {
    fn begin(mut command: Command) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let other_end = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        command.stdin(other_end.try_clone().unwrap()).stderr(other_end).stdout(Stdio::piped());
        Self { child: command.spawn().unwrap(), terminal: terminal.into(), screen: String::new() }
    }

    /// Reads until the program has asked.
    fn read_until(&mut self, words: &str) {
        while !self.screen.contains(words) {
            let mut bytes = [0; 4096];
            let read = self.terminal.read(&mut bytes).unwrap_or_default();
            assert!(read > 0, "it never said {words:?}: {}", self.screen);
            self.screen += &String::from_utf8_lossy(&bytes[..read]);
        }
    }

    fn answer(mut self, line: &str) -> Output {
        writeln!(self.terminal, "{line}").unwrap();
        self.end()
    }

    /// Answers while another job works on the account, which it gives back when this program has come
    /// to wait for it.
    #[cfg(target_os = "linux")]
    fn answer_while_held(mut self, line: &str, held: FileLock) -> Output {
        writeln!(self.terminal, "{line}").unwrap();
        let program = self.child.id().to_string();
        let is_its = |lock: &str| lock.contains("-> FLOCK") && lock.split_whitespace().any(|word| word == program);
        let waits = |locks: String| locks.lines().any(is_its);
        while self.child.try_wait().unwrap().is_none() && !waits(fs::read_to_string("/proc/locks").unwrap()) {
            thread::yield_now();
        }
        drop(held);
        self.end()
    }

    fn end(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        drop(self.terminal);
        output
    }
}

impl World {
    /// Adds an account, and gives its id.
    fn adds_account(&self, name: &str) -> String {
        assert!(self.command(&["account", "add", name, "--zone", "UTC"]).output().unwrap().status.success());
        let state = StateDb::open(&self.data().state_db()).unwrap();
        state.account(name).unwrap().unwrap().account_id.to_string()
    }

    fn removes_account(&self, name: &str) {
        let remove = ["account", "remove", name, "--erase", "--yes"];
        assert!(self.command(&remove).output().unwrap().status.success());
    }

    fn accounts_left(&self) -> usize {
        StateDb::open(&self.data().state_db()).unwrap().accounts().unwrap().len()
    }

    fn command_of(&self, spotify: &Spotify, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command.envs(spotify.settings("from-the-settings"));
        command
    }

    fn polls_now(&self, spotify: &Spotify) -> Ran {
        Ran::of(&self.command_of(spotify, &["spotify"]).output().unwrap())
    }
}

/// A history of 100 plays, and an export of so many that agree with none of them.
fn strangers(world: &World) -> String {
    world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..100).map(|n| row(n * 3, n))))])).expect_ok();
    let theirs = world.zip("theirs.zip", &[(AUDIO, rows((0..100).map(|n| row(n * 3 + 1, n + 1_000))))]);
    theirs.to_str().unwrap().to_owned()
}

#[test]
fn a_poll_does_not_wait_for_a_person_whom_an_import_asks() {
    for (answer, exit_code, stored) in [("y", 0, 100), ("n", 3, 0)] {
        let (world, spotify) = (World::new(), Spotify::start());
        let theirs = strangers(&world);
        spotify.plays(page(1_000..1_005));
        let mut import = Conversation::begin(world.command_of(&spotify, &["import", &theirs]));
        import.read_until("[y/N]");
        world.polls_now(&spotify).expect_counts(5, 0, 0, 0);
        let ran = Ran::of(&import.answer(answer));
        assert_eq!((ran.exit_code, ran.count("stored")), (exit_code, stored), "{:?}", ran.report);
        assert_eq!(world.rows(&PLAYS, &[]).len() as u64, 105 + stored);
        world.polls_now(&spotify).expect_counts(0, 5, 0, 0);
        assert!(world.files("work").is_empty(), "{:?}", world.files("work"));
    }
}

#[test]
fn what_an_answer_decides_on_is_looked_at_again() {
    let (world, spotify) = (World::new(), Spotify::start());
    let theirs = strangers(&world);
    let mut import = Conversation::begin(world.command_of(&spotify, &["import", &theirs]));
    import.read_until("[y/N]");
    // Somebody else was faster.
    world.ingest(&["import", &theirs, "--yes"]).expect_counts(100, 0, 0, 0);
    let ran = Ran::of(&import.answer("y"));
    assert_eq!((ran.count("stored"), ran.count("known")), (0, 100), "{:?}", ran.report);
    assert_eq!(world.rows(&PLAYS, &[]).len(), 200);
    // An account that is gone gets no history.
    let theirs = world.zip("others.zip", &[(AUDIO, rows((0..100).map(|n| row(n * 3 + 2, n + 2_000))))]);
    let mut import = Conversation::begin(world.command_of(&spotify, &["import", theirs.to_str().unwrap()]));
    import.read_until("[y/N]");
    let remove = ["account", "remove", "me", "--erase", "--yes"];
    assert!(world.command(&remove).output().unwrap().status.success());
    let ran = Ran::of(&import.answer("y"));
    assert_eq!(ran.exit_code, 2, "{:?}", ran.report);
    assert!(world.files("raw").is_empty() && world.rows(&PLAYS, &[]).is_empty());
}

#[test]
fn a_poll_does_not_wait_for_a_person_who_disconnects_another_source() {
    for (answer, kept) in [("n", 10), ("y", 5)] {
        let (world, spotify) = (World::new(), Spotify::start());
        spotify.plays(page(0..5));
        world.polls_now(&spotify).expect_counts(5, 0, 0, 0);
        world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..5).map(|n| row(n * 9 + 5_000, n))))])).expect_ok();
        let command = world.command_of(&spotify, &["account", "disconnect", "spotify"]);
        let mut disconnect = Conversation::begin(command);
        disconnect.read_until("[y/N]");
        world.polls_now(&spotify).expect_counts(0, 5, 0, 0);
        assert!(disconnect.answer(answer).status.success());
        assert_eq!(world.rows(&PLAYS, &[]).len(), kept, "{answer}");
        assert_eq!(world.polls_now(&spotify).exit_code, 2, "it is disconnected");
    }
}

#[test]
fn a_removal_that_was_confirmed_takes_no_history_that_came_in_the_meantime() {
    let (world, spotify) = (World::new(), Spotify::start());
    assert!(world.command(&["account", "add", "ann", "--zone", "UTC"]).output().unwrap().status.success());
    let mut remove = Conversation::begin(world.command_of(&spotify, &["account", "remove", "ann"]));
    remove.read_until("Type the name");
    world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..5).map(|n| row(n, n))))])).expect_counts(5, 0, 0, 0);
    assert_eq!(remove.answer("ann").status.code(), Some(2));
    assert_eq!(world.rows(&PLAYS, &[]).len(), 5);
}

#[test]
fn a_merge_and_an_erasure_wait_for_a_person_who_says_so() {
    for (answer, exit_code, accounts) in [("yes", 3, 2), ("me", 0, 1)] {
        let (world, spotify) = (World::new(), Spotify::start());
        for name in ["me", "ann"] {
            assert!(world.command(&["account", "add", name, "--zone", "UTC"]).output().unwrap().status.success());
        }
        let mut merge = Conversation::begin(world.command_of(&spotify, &["account", "merge", "me", "ann"]));
        merge.read_until("Type the name \"me\"");
        assert_eq!(merge.answer(answer).status.code(), Some(exit_code), "{answer}");
        let state = platform::StateDb::open(&world.data().state_db()).unwrap();
        assert_eq!(state.accounts().unwrap().len(), accounts, "{answer}");
    }
    for (answer, exit_code, kept) in [("n", 3, 5), ("y", 0, 0)] {
        let (world, spotify) = (World::new(), Spotify::start());
        spotify.plays(page(0..5));
        world.polls_now(&spotify).expect_counts(5, 0, 0, 0);
        let erase = ["account", "disconnect", "spotify", "--erase"];
        let mut disconnect = Conversation::begin(world.command_of(&spotify, &erase));
        disconnect.read_until("Erase them? [y/N]");
        assert_eq!(disconnect.answer(answer).status.code(), Some(exit_code), "{answer}");
        assert_eq!(world.rows(&PLAYS, &[]).len(), kept, "{answer}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_confirmed_waits_for_a_poll_that_works_on_an_account() {
    for (words, busy, left) in [
        (&["account", "merge", "me", "ann"][..], "me", 1),
        (&["account", "merge", "me", "ann"], "ann", 1),
        (&["account", "remove", "me", "--erase"], "me", 1),
    ] {
        let (world, spotify) = (World::new(), Spotify::start());
        world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..5).map(|n| row(n, n))))])).expect_counts(5, 0, 0, 0);
        let ann = world.adds_account("ann");
        let me = StateDb::open(&world.data().state_db()).unwrap().account("me").unwrap().unwrap();
        let busy_id = if busy == "me" { me.account_id.as_str() } else { &ann };
        let mut asking = Conversation::begin(world.command_of(&spotify, words));
        asking.read_until("Type the name");
        let held = FileLock::try_take(&world.data().lock(&format!("account-{busy_id}"))).unwrap().unwrap();
        let output = asking.answer_while_held("me", held);
        assert_eq!((output.status.code(), world.accounts_left()), (Some(0), left), "{words:?} {busy}");
    }
}

#[test]
fn a_merge_that_was_confirmed_copies_nothing_to_or_from_an_account_that_is_gone() {
    for (gone, kept) in [("ann", 5), ("me", 0)] {
        let (world, spotify) = (World::new(), Spotify::start());
        world.import(&world.zip("mine.zip", &[(AUDIO, rows((0..5).map(|n| row(n, n))))])).expect_counts(5, 0, 0, 0);
        let ann = world.adds_account("ann");
        let mut merge = Conversation::begin(world.command_of(&spotify, &["account", "merge", "me", "ann"]));
        merge.read_until("Type the name \"me\"");
        world.removes_account(gone);
        assert_eq!(merge.answer("me").status.code(), Some(2), "{gone}");
        assert_eq!((world.accounts_left(), world.rows(&PLAYS, &[]).len()), (1, kept), "{gone}");
        assert!(world.files(&format!("raw/{ann}")).is_empty(), "{:?}", world.files("raw"));
    }
}

#[test]
fn whoever_stops_a_command_about_accounts_is_told_what_that_means() {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.plays(page(0..5));
    world.polls_now(&spotify).expect_counts(5, 0, 0, 0);
    world.adds_account("ann");
    for (words, asked, told) in [
        ("remove me --erase", "Type the name", &["account remove me --erase`", "gone for good", "erases the rest"][..]),
        (
            "disconnect spotify --account me --erase",
            "Erase them?",
            &["account disconnect spotify --account me --erase`", "gone for good", "erases the rest"],
        ),
        ("disconnect spotify --account me", "too?", &["--account me` did not", "--account me --erase`; else the same"]),
        ("merge me ann", "Type the name", &["account merge me ann`", "Nothing that was stored is lost"]),
        ("connect spotify --account ann --port 0", "Waiting", &["account connect spotify`", "--paste -` with"]),
        ("connect spotify --paste -", "Paste the address", &["account connect spotify`", "goes on with this login"]),
    ] {
        let words: Vec<_> = ["account"].into_iter().chain(words.split(' ')).collect();
        let mut asking = Conversation::begin(world.command_of(&spotify, &words));
        asking.read_until(asked);
        kill_process(Pid::from_child(&asking.child), Signal::TERM).unwrap();
        told.iter().for_each(|words| asking.read_until(words));
        assert_eq!(asking.child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()));
    }
    assert_eq!((world.accounts_left(), world.rows(&PLAYS, &[]).len()), (2, 5));
}
