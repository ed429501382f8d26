//! The real programs: whoever stops `music-tracker` stops the job that it waits for.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use platform::DataDir;
use platform::files::FileLock;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::home::{Home, PLAYS};

/// A poll in the middle of its work: it waits for an answer of Spotify, and nothing else ends it
/// than the end of the line. A job that lives to see that says so in a report on stdout.
fn at_work(home: &Home) -> (Child, TcpStream) {
    let spotify = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut poll = home.command("music-tracker", &["spotify"]);
    poll.env("SPOTIFY_CLIENT_ID", "app").env("SPOTIFY_REFRESH_TOKEN", "a-login");
    poll.env("SPOTIFY_ACCOUNTS_BASE_URL", format!("http://{}/", spotify.local_addr().unwrap()));
    let poll = in_a_terminal(&mut poll).spawn().unwrap();
    let (line, _) = spotify.accept().unwrap();
    (poll, line)
}

/// What was said until the last of them was gone.
fn said(music_tracker: &mut Child) -> String {
    let mut said = String::new();
    music_tracker.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_job_ends_with_its_work_when_nobody_stops_it() {
    let home = Home::new();
    let (mut poll, line) = at_work(&home);
    drop(line);
    assert!(said(&mut poll).contains(r#""job":"ingest spotify""#));
    assert_eq!(poll.wait().unwrap().code(), Some(75));
    let mut told = String::new();
    poll.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(told.contains("\nnot now: ") && !told.contains("\nerror: "), "what only takes time is no error: {told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_job_goes_when_its_music_tracker_is_killed() {
    let home = Home::new();
    let (mut poll, line) = at_work(&home);
    poll.kill().unwrap();
    assert_eq!(poll.wait().unwrap().signal(), Some(9));
    drop(line);
    assert_eq!(said(&mut poll), "");
}

/// A wish to stop: by Ctrl-C, which reaches the programs of a terminal all at once, or by a signal to
/// `music-tracker` alone.
fn wish(music_tracker: &Child, signal: &str, to_all: bool) {
    let whom = format!("{}{}", if to_all { "-" } else { "" }, music_tracker.id());
    assert!(Command::new("kill").args([signal, "--", &whom]).status().unwrap().success());
}

/// As a program of a terminal: its own group, and deaf to nothing, even where the tests run in the
/// background and ignore Ctrl-C.
fn in_a_terminal(command: &mut Command) -> &mut Command {
    if !platform::stopping::wishes().contains(&SIGINT) {
        signal_hook::flag::register(SIGINT, Arc::default()).unwrap();
    }
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped())
}

/// Reads on until a line has these words.
#[track_caller]
fn read_until(log: &mut impl Iterator<Item = String>, words: &str) {
    assert!(log.any(|line| line.contains(words)), "it never said {words:?}");
}

fn lines_of(music_tracker: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(music_tracker.stderr.take().unwrap()).lines().map_while(Result::ok)
}

#[test]
fn a_wish_to_stop_is_handed_on_told_and_nothing_follows() {
    for (signal, to_all, code) in [("-TERM", false, 143), ("-INT", false, 130), ("-INT", true, 130)] {
        let home = Home::new();
        let (mut poll, line) = at_work(&home);
        wish(&poll, signal, to_all);
        assert_eq!(poll.wait().unwrap().code(), Some(code), "{signal} {to_all}");
        drop(line);
        assert_eq!(said(&mut poll), "");
        let told: Vec<String> = lines_of(&mut poll).filter(|line| !line.starts_with('{')).collect();
        let line = "stopped: `music-tracker spotify` did not come to its end. Nothing that was stored is lost; the same \
                    command again does the rest";
        assert_eq!(told, [line], "{signal} {to_all}");
    }
}

#[test]
fn an_import_that_is_stopped_goes_on_by_the_same_command() {
    let home = Home::of_plays();
    home.run("ingest", &["import", "export.zip"]);
    fs::remove_dir_all(home.path("data/src")).unwrap();
    let held = DataDir::new(home.path("data"), None).lock("manifest-play_credits");
    let held = FileLock::try_take(&held).unwrap().unwrap();
    let mut import = in_a_terminal(&mut home.command("music-tracker", &["import", "export.zip"])).spawn().unwrap();
    let mut log = lines_of(&mut import);
    // It has begun, and cannot come to its end.
    read_until(&mut log, "making them anew");
    wish(&import, "-INT", true);
    read_until(&mut log, "stopped: `music-tracker import` did not come to its end");
    assert_eq!(import.wait().unwrap().code(), Some(130));
    drop(held);
    home.run("music-tracker", &["import", "export.zip"]);
    assert_eq!(home.published(), PLAYS);
}

#[test]
fn an_erasure_whose_refresh_is_stopped_is_made_up_for_by_the_next_command() {
    let home = Home::of_plays();
    home.run("music-tracker", &["import", "export.zip"]);
    home.run("music-tracker", &["account", "add", "other", "--zone", "UTC"]);
    home.run("music-tracker", &["import", "export.zip", "--account", "other", "--yes"]);
    // Only the refresh reads this, and waits until somebody has written it to its end.
    let waited_for = home.path("data/src/lookups/manifest.json");
    fs::create_dir_all(waited_for.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(&waited_for).status().unwrap().success());
    let words = ["account", "remove", "other", "--erase", "--yes", "--log-format", "text"];
    let mut remove = in_a_terminal(&mut home.command("music-tracker", &words)).spawn().unwrap();
    let mut log = lines_of(&mut remove);
    let held = File::options().write(true).open(&waited_for).unwrap();
    wish(&remove, "-TERM", false);
    read_until(&mut log, "`music-tracker refresh` does the rest");
    assert_eq!(remove.wait().unwrap().code(), Some(143));
    assert!(log.all(|line| !line.contains("tries again")), "it is told once");
    drop(held);
    fs::remove_file(waited_for).unwrap();
    assert!(!home.path("data/processed/current").exists());
    home.run("music-tracker", &["import", "export.zip"]);
    assert_eq!(home.published(), PLAYS);
}

#[test]
fn whoever_ignores_a_wish_to_stop_goes_on() {
    let home = Home::new();
    let spotify = TcpListener::bind("127.0.0.1:0").unwrap();
    let program = home.command("music-tracker", &[]);
    let mut shell = home.command("music-tracker", &[]);
    shell = {
        let mut ignoring = Command::new("/bin/sh");
        ignoring.args(["-c", r#"trap '' INT; exec "$0" spotify"#]).arg(program.get_program());
        ignoring.current_dir(home.path("")).env_clear();
        ignoring.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        ignoring
    };
    shell.env("SPOTIFY_CLIENT_ID", "app").env("SPOTIFY_REFRESH_TOKEN", "a-login");
    shell.env("SPOTIFY_ACCOUNTS_BASE_URL", format!("http://{}/", spotify.local_addr().unwrap()));
    let mut poll = shell.stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
    let (line, _) = spotify.accept().unwrap();
    wish(&poll, "-INT", true);
    drop(line);
    assert!(said(&mut poll).contains(r#""job":"ingest spotify""#));
    assert_eq!(poll.wait().unwrap().code(), Some(75));
}

/// A pipe that is full, and the end at which nobody reads.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (nobody, mut full) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&full, true).unwrap();
    while full.write(&[b'.'; 512]).map_err(|error| error.kind()) != Err(ErrorKind::WouldBlock) {}
    rustix::io::ioctl_fionbio(&full, false).unwrap();
    (nobody, full)
}

#[test]
fn a_wish_to_stop_is_followed_where_nobody_reads_what_is_said() {
    let home = Home::new();
    for to_all in [false, true] {
        let (_nobody, full) = full_pipe();
        let spotify = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut poll = home.command("music-tracker", &["spotify"]);
        poll.env("SPOTIFY_CLIENT_ID", "app").env("SPOTIFY_REFRESH_TOKEN", "a-login").env("LOG_LEVEL", "off");
        poll.env("SPOTIFY_ACCOUNTS_BASE_URL", format!("http://{}/", spotify.local_addr().unwrap()));
        let mut poll = in_a_terminal(&mut poll).stderr(full).spawn().unwrap();
        let _line = spotify.accept().unwrap();
        wish(&poll, "-INT", to_all);
        assert_eq!(poll.wait().unwrap().code(), Some(130), "{to_all}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_wish_to_stop_is_followed_where_the_log_is_stuck() {
    let home = Home::new();
    let (_nobody, full) = full_pipe();
    let mut poll = home.command("ingest", &["spotify"]);
    let mut poll = in_a_terminal(poll.env("LOG_LEVEL", "info")).stderr(full).spawn().unwrap();
    // It listens to signals from just before its first line on, which nobody lets it write.
    let listens = || {
        let status = fs::read_to_string(format!("/proc/{}/status", poll.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim().to_owned();
        u64::from_str_radix(&caught, 16).unwrap() & (1 << (SIGTERM - 1)) != 0
    };
    while !listens() {
        thread::yield_now();
    }
    wish(&poll, "-TERM", false);
    assert_eq!(poll.wait().unwrap().signal(), Some(SIGTERM));
}
