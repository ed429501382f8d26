//! How fast services may be asked, whatever is set.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use url::{Host, Url};

use super::variables::filled;

/// MusicBrainz and Nominatim bear one request a second from one address, and shut out who is faster. What Spotify
/// bears it does not say; a second is what it was seen to.
const SECOND_MS: u64 = 1_000;

/// The spacing of a service that bears a request a second. Only what runs on this machine (a test, a mirror of
/// one's own) may be asked faster than that.
pub(super) fn a_second_at_least(base_url: &Url, spacing_ms: u64) -> u64 {
    if is_of_this_machine(base_url) { spacing_ms } else { spacing_ms.max(SECOND_MS) }
}

/// Whether an address never leaves this machine.
pub fn is_of_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Where programs of one person keep what they tell each other, by the customs of the system.
pub(super) fn state_of_person(vars: &HashMap<String, String>) -> Option<PathBuf> {
    let absolute = |name| filled(vars, name).map(Path::new).filter(|path| path.is_absolute());
    let folder = absolute("XDG_STATE_HOME").map(Path::to_path_buf);
    let folder = folder.or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    folder.map(|folder| folder.join("music-tracker"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn spacing(url: &str, set_ms: u64, expected_ms: u64) {
        assert_eq!(a_second_at_least(&url.parse().unwrap(), set_ms), expected_ms, "{url}");
    }

    #[test]
    fn only_what_runs_here_may_be_asked_faster_than_once_a_second() {
        spacing("https://musicbrainz.org/ws/2/", 0, 1_000);
        spacing("https://musicbrainz.org/ws/2/", 2_500, 2_500);
        spacing("http://192.168.0.7:5000/ws/2/", 10, 1_000);
        spacing("http://127.0.0.1.example.org/", 0, 1_000);
        spacing("http://127.0.0.1:4711/musicbrainz/ws/2/", 0, 0);
        spacing("http://[::1]:4711/", 20, 20);
        spacing("http://localhost:5000/ws/2/", 0, 0);
    }

    #[test]
    fn what_programs_tell_each_other_lies_where_the_system_has_such_things() {
        let place = |vars: &[(&str, &str)]| {
            state_of_person(&vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(place(&[("HOME", "/home/me")]).unwrap(), Path::new("/home/me/.local/state/music-tracker"));
        let both = [("HOME", "/home/me"), ("XDG_STATE_HOME", "/state")];
        assert_eq!(place(&both).unwrap(), Path::new("/state/music-tracker"));
        assert_eq!(place(&[("HOME", "")]), None);
    }
}
