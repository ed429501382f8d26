//! People who come back from Spotify with a browser: to this machine, or to a server before it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use simulator::server::{Options, Service};

use crate::upstream::{BEHIND_HTTPS, SECRET, Upstream};
use crate::world::World;

#[test]
fn a_browser_on_this_machine_comes_back_by_itself() {
    let (world, upstream) = (World::new(), Upstream::start());
    let port = free_port();
    let mut command = world.command_at(&upstream, &["account", "connect", "spotify", "--port", &port]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut screen = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let url = screen.find(|line| line.contains("/authorize?")).unwrap();
    assert!(screen.any(|line| line.contains("Waiting")));
    let back = upstream.browse(url.trim());
    // Another page that asks there is not listened to; the right one is.
    let evil = format!("http://127.0.0.1:{port}/callback?code=evil&state=guessed");
    assert!(visit(&evil).starts_with("HTTP/1.1 404"));
    assert!(back.starts_with(&format!("http://127.0.0.1:{port}/callback?")), "{back}");
    assert!(visit(&back).contains("You can close this window"));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("Spotify is connected"));
}

/// A port that nobody has.
fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

/// What a browser shows that goes there.
fn visit(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = (0..200)
        .find_map(|_| {
            TcpStream::connect(host).ok().or_else(|| {
                std::thread::yield_now();
                None
            })
        })
        .unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn whoever_does_not_agree_is_not_thanked() {
    let (world, upstream) = (World::new(), Upstream::start());
    let port = free_port();
    let mut command = world.command_at(&upstream, &["account", "connect", "spotify", "--port", &port]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut screen = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let url = screen.find(|line| line.contains("/authorize?")).unwrap();
    let state = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap();
    assert!(screen.any(|line| line.contains("Waiting")));
    let page = visit(&format!("http://127.0.0.1:{port}/callback?error=access_denied&state={state}"));
    assert!(page.contains("not logged in") && !page.contains("sent a login"), "{page}");
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

/// The token service gives nothing for a code whose address is not the one of the login.
#[test]
fn whoever_is_sent_back_behind_https_comes_through_a_server_or_pastes_the_address() {
    let at_home = |world: &World, upstream: &Upstream, words: &[&str]| {
        let mut command = world.command_at(upstream, &[&["account", "connect", "spotify"], words].concat());
        command.env("MUSIC_SPOTIFY__REDIRECT_URL", BEHIND_HTTPS);
        command
    };
    let asked_for = "redirect_uri=https%3A%2F%2Fmusic.example.org%2Fspotify%2Fback&";
    for secret in [Some(SECRET), None] {
        let (world, upstream) = (World::new(), Upstream::with(Options::default(), secret));
        let output = at_home(&world, &upstream, &["--no-wait"]).output().unwrap();
        let said = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
        let url = said.split_whitespace().find(|word| word.contains("/authorize?")).unwrap();
        assert!(url.contains(asked_for) && said.contains(&format!("begins with {BEHIND_HTTPS}")), "{said}");
        let back = upstream.browse(url);
        assert!(back.starts_with(&format!("{BEHIND_HTTPS}?code=")), "{back}");
        // Another address by now changes nothing: the login was begun with this one.
        let (code, said) = world.says(&upstream, &["account", "connect", "spotify", "--paste", &back]);
        assert!(code == 0 && said.contains("Spotify is connected"), "{said}");
        world.job(&upstream, &["spotify"]).expect_ok();
    }
    let (world, upstream, port) = (World::new(), Upstream::start(), free_port());
    let mut waiting = at_home(&world, &upstream, &["--port", &port]);
    let mut child = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut screen = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let url = screen.find(|line| line.contains("/authorize?")).unwrap();
    assert!(screen.any(|line| line.contains("Waiting")));
    let back = upstream.browse(url.trim()).replace("https://music.example.org", &format!("http://127.0.0.1:{port}"));
    assert!(visit(&back).contains("You can close this window"));
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn an_address_that_spotify_sends_nobody_to_is_refused_before_anybody_goes() {
    let (world, upstream) = (World::new(), Upstream::start());
    let asked = upstream.requests(Service::Spotify);
    for (address, is_good) in [
        ("http://music.example.org/back", false),
        ("http://192.168.0.7:8898/callback", false),
        ("http://localhost:8898/callback", false),
        ("https://localhost/callback", false),
        ("ftp://127.0.0.1/callback", false),
        ("http://127.0.0.1:9000/callback", true),
        ("http://[::1]:9000/callback", true),
    ] {
        let mut command = world.command_at(&upstream, &["account", "connect", "spotify", "--no-wait"]);
        let output = command.env("MUSIC_SPOTIFY__REDIRECT_URL", address).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(if is_good { 0 } else { 2 }), "{address}: {said}");
        assert_eq!(said.contains("/authorize?"), is_good, "{address}: {said}");
        assert!(is_good || said.contains("MUSIC_SPOTIFY__REDIRECT_URL"), "{said}");
    }
    assert_eq!(upstream.requests(Service::Spotify), asked);
}

#[test]
fn a_port_that_is_taken_is_told_at_once_where_nobody_can_paste() {
    let (world, upstream) = (World::new(), Upstream::start());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, said) = world.says(&upstream, &["account", "connect", "spotify", "--port", &port]);
    assert!(code == 3 && said.contains("another --port") && said.contains("--paste -"), "{said}");
}
