//! The real programs: whoever stops `music-tracker` stops the job that it waits for.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use crate::home::Home;

/// A poll in the middle of its work: it waits for an answer of Spotify, and nothing else ends it
/// than the end of the line. A job that lives to see that says so in a report on stdout.
fn at_work(home: &Home) -> (Child, TcpStream) {
    let spotify = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut poll = home.command("music-tracker", &["spotify"]);
    poll.env("SPOTIFY_CLIENT_ID", "app").env("SPOTIFY_REFRESH_TOKEN", "a-login");
    poll.env("SPOTIFY_ACCOUNTS_BASE_URL", format!("http://{}/", spotify.local_addr().unwrap()));
    let poll = poll.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
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

#[test]
fn a_wish_to_stop_is_handed_on_and_nothing_follows() {
    let home = Home::new();
    let (mut poll, line) = at_work(&home);
    assert!(Command::new("kill").args(["-TERM", &poll.id().to_string()]).status().unwrap().success());
    assert_eq!(poll.wait().unwrap().code(), Some(128 + 15));
    drop(line);
    assert_eq!(said(&mut poll), "");
}
