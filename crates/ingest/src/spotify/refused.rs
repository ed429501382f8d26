//! What a refusal of Spotify means, which it says in words only.
//!
//! <https://developer.spotify.com/documentation/web-api/concepts/quota-modes>

/// What a person can do about a refusal with these words.
pub(crate) fn advice(words: &str) -> &'static str {
    let words = words.to_lowercase();
    if words.contains("premium") {
        "Spotify refuses this app until its owner has Premium again; then fetching goes on by itself"
    } else if words.contains("registered") {
        "Spotify refuses this listener, who is not on the app's list: the app's owner adds them under \"User Management\" \
         at https://developer.spotify.com/dashboard; then fetching goes on by itself"
    } else if words.contains("scope") {
        "this login may not read what was played: log in again with `music-tracker account connect spotify`"
    } else {
        "Spotify refuses this app: at https://developer.spotify.com/dashboard look whether it is still active, and \
         whether the listener is on its list"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expected: &str) {
        assert!(advice(words).contains(expected), "{words:?}: {}", advice(words));
    }

    #[test]
    fn words_tell_refusals_apart() {
        check("Active premium subscription required for the owner of the app.", "has Premium again");
        check("Check settings on developer.spotify.com/dashboard, the user may not be registered.", "User Management");
        check("User not registered in the Developer Dashboard", "User Management");
        check("Insufficient client scope", "log in again");
        check("Forbidden", "still active");
        check("", "still active");
    }
}
