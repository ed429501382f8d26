//! Whose a source becomes that somebody connects, while accounts come and go.

use std::path::PathBuf;

use platform::StateDb;
use platform::state::CountingRule;
use serde_json::json;
use tokio::runtime::Runtime;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::spotify::Spotify;
use crate::world::{AUDIO, World, row, rows};

/// Nobody, and a Spotify that gives a login to whoever comes.
fn nobody() -> (World, Spotify) {
    let (world, spotify) = (World::new(), Spotify::start());
    spotify.rotate("the-login");
    (world, spotify)
}

impl World {
    fn ends(&self, spotify: &Spotify, address: &str, words: &[&str]) -> (i32, String) {
        self.says_at(spotify, &[&["account", "connect", "spotify", "--paste", address], words].concat())
    }

    fn adds(&self, name: &str) {
        add(self.data().state_db(), name);
    }

    fn names(&self) -> Vec<String> {
        let accounts = StateDb::open(&self.data().state_db()).unwrap().accounts().unwrap();
        let mut names: Vec<_> = accounts.into_iter().map(|account| account.name).collect();
        names.sort();
        names
    }

    /// Who has connected something.
    fn connected(&self) -> Vec<String> {
        let state = StateDb::open(&self.data().state_db()).unwrap();
        let name = |id: &str| state.account(id).unwrap().unwrap().name;
        state.connections().unwrap().iter().map(|one| name(one.account_id.as_str())).collect()
    }
}

fn add(state_db: PathBuf, name: &str) {
    let now = simulator::parse_instant("2026-06-01T00:00:00Z").unwrap();
    let mut state = StateDb::open(&state_db).unwrap();
    state.add_account(name, chrono_tz::UTC, CountingRule::default(), now).unwrap();
}

#[test]
fn a_login_that_was_begun_for_nobody_is_not_given_to_whoever_came_since() {
    for names in [&["ann"][..], &["ann", "bob"]] {
        let (world, spotify) = nobody();
        let address = world.comes_back_from(&spotify, &[]);
        names.iter().for_each(|name| world.adds(name));
        let (code, said) = world.ends(&spotify, &address, &[]);
        assert!(
            code == 2 && said.contains("now there are: ") && said.contains("--account NAME --paste -"),
            "{code}: {said}"
        );
        assert!(world.connected().is_empty() && world.names() == names, "{:?}", world.names());
        assert_eq!(spotify.refresh_tokens().len(), 0, "the address is not used up");
        let (code, said) = world.ends(&spotify, &address, &["--account", "ann"]);
        assert_eq!((code, world.connected()), (0, vec!["ann".to_owned()]), "{said}");
    }
}

#[test]
fn an_import_in_the_meantime_is_as_good_as_an_account() {
    let (world, spotify) = nobody();
    let address = world.comes_back_from(&spotify, &[]);
    world.import(&world.zip("theirs.zip", &[(AUDIO, rows([row(1, 1)]))])).expect_ok();
    let (code, said) = world.ends(&spotify, &address, &[]);
    assert!(code == 2 && world.connected().is_empty(), "{code}: {said}");
}

#[test]
fn a_login_ends_for_the_account_that_it_was_begun_for() {
    let (world, spotify) = nobody();
    ["ann", "bob"].iter().for_each(|name| world.adds(name));
    let address = world.comes_back_from(&spotify, &["--account", "ann"]);
    let (code, said) = world.ends(&spotify, &address, &["--account", "bob"]);
    assert!(code == 2 && said.contains("begun for \"ann\""), "{code}: {said}");
    let (code, said) = world.ends(&spotify, &address, &["--account", "ann"]);
    assert_eq!((code, world.connected()), (0, vec!["ann".to_owned()]), "{said}");
    // Where that one is gone, so is what was begun for it.
    let address = world.comes_back_from(&spotify, &["--account", "ann"]);
    let remove = ["account", "remove", "ann", "--erase", "--yes"];
    assert!(world.command(&remove).output().unwrap().status.success());
    for more in [&[][..], &["--account", "bob"]] {
        let (code, said) = world.ends(&spotify, &address, more);
        assert!(code == 2 && said.contains("begin again") && world.connected().is_empty(), "{code}: {said}");
    }
}

#[test]
fn an_account_that_comes_while_a_service_answers_is_not_taken_for_the_one_that_asked() {
    let (world, spotify) = nobody();
    let address = world.comes_back_from(&spotify, &[]);
    let state_db = world.data().state_db();
    spotify.meanwhile(move || add(state_db, "ann"));
    let (code, said) = world.ends(&spotify, &address, &[]);
    assert!(code == 2 && said.contains("begin again"), "{code}: {said}");
    assert!(world.connected().is_empty() && world.names() == ["ann"]);

    let world = World::new();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(MockServer::start());
    let state_db = world.data().state_db();
    let listens = move |_: &wiremock::Request| {
        add(state_db.clone(), "ann");
        ResponseTemplate::new(200).set_body_json(json!({"payload": {"count": 0, "listens": [], "user_id": "bob"}}))
    };
    runtime.block_on(Mock::given(path("/1/user/bob/listens")).respond_with(listens).mount(&server));
    let mut connect = world.command(&["account", "connect", "listenbrainz", "--user", "bob"]);
    let output = connect.env("LISTENBRAINZ_BASE_URL", format!("{}/1/", server.uri())).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("--account NAME"), "{said}");
    assert!(world.connected().is_empty() && world.names() == ["ann"]);
}

#[test]
fn nobody_is_left_behind_by_a_login_that_is_refused() {
    for (status, error) in [(400, "invalid_grant"), (400, "invalid_client"), (401, "invalid_client"), (503, "")] {
        let (world, spotify) = nobody();
        let address = world.comes_back_from(&spotify, &[]);
        spotify.token_answer(status, json!({"error": error}));
        let (code, said) = world.ends(&spotify, &address, &[]);
        assert!(code != 0 && world.names().is_empty(), "{status} {error}: {code}: {said}");
        let tokens = json!({"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r"});
        spotify.token_answer(200, tokens);
        // A service in trouble is left alone for half a minute.
        let mut command = world.command(&["account", "connect", "spotify", "--paste", &address]);
        command.envs(spotify.settings("")).env("TRACKER_NOW", "2026-06-01T00:01:00Z");
        let output = command.output().unwrap();
        let (code, said) = (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap());
        assert!(code == 0 && said.contains("made the account \"me\""), "{status} {error}: {code}: {said}");
        assert_eq!(world.connected(), ["me"]);
    }
}
