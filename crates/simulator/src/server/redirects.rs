//! Where a login may lead: Spotify's rules since 2025.

use super::options::App;

/// Says in Spotify's words why a login may not lead there.
pub(super) fn refuse(app: Option<&App>, uri: &str) -> Option<&'static str> {
    if !is_secure(uri) {
        return Some("INVALID_CLIENT: Insecure redirect URI");
    }
    let is_registered = app.is_none_or(|app| app.redirect_uris.iter().any(|registered| matches(registered, uri)));
    (!is_registered).then_some("INVALID_CLIENT: Invalid redirect URI")
}

/// HTTPS, or HTTP to a loopback address that is written as a number.
fn is_secure(uri: &str) -> bool {
    match uri.split_once("://") {
        Some(("https", rest)) => !rest.is_empty() && !rest.starts_with('/') && host(rest) != "localhost",
        Some(("http", rest)) => matches!(host(rest), "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

/// Letter by letter; a loopback address that is registered without a port stands for any.
fn matches(registered: &str, uri: &str) -> bool {
    if registered == uri {
        return true;
    }
    let (Some(("http", left)), Some(("http", right))) = (registered.split_once("://"), uri.split_once("://")) else {
        return false;
    };
    let (left_host, right_host) = (host(left), host(right));
    let has_port = left[left_host.len()..].starts_with(':');
    is_secure(registered) && !has_port && left_host == right_host && path(left) == path(right)
}

fn host(rest: &str) -> &str {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    match authority.find(']') {
        Some(end) if authority.starts_with('[') => &authority[..=end],
        _ => authority.split(':').next().unwrap_or_default(),
    }
}

fn path(rest: &str) -> &str {
    &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(registered: &str, uri: &str, expected: Option<&str>) {
        let app = App {
            client_id: "app".into(),
            client_secret: None,
            redirect_uris: vec![registered.into()],
            developer: "dev".into(),
        };
        assert_eq!(refuse(Some(&app), uri), expected, "{uri} for {registered}");
    }

    #[test]
    fn loopback_is_an_address_and_https_is_exact() {
        let (insecure, unknown) =
            (Some("INVALID_CLIENT: Insecure redirect URI"), Some("INVALID_CLIENT: Invalid redirect URI"));
        check("http://127.0.0.1:8000/back", "http://127.0.0.1:8000/back", None);
        check("http://127.0.0.1:8000/back", "http://127.0.0.1:8001/back", unknown);
        check("http://127.0.0.1/back", "http://127.0.0.1:8001/back", None);
        check("http://127.0.0.1/back", "http://127.0.0.1:8001/other", unknown);
        check("http://[::1]/back", "http://[::1]:5/back", None);
        check("http://127.0.0.1/back", "http://[::1]:5/back", unknown);
        check("http://localhost/back", "http://localhost/back", insecure);
        check("http://192.168.0.7/back", "http://192.168.0.7/back", insecure);
        check("https://music.example/back", "https://music.example/back", None);
        check("https://music.example/back", "https://music.example/back/", unknown);
        check("https://music.example/back", "https://music.example:1/back", unknown);
        check("x", "not a uri", insecure);
        assert_eq!(refuse(None, "https://any.example/"), None);
    }
}
