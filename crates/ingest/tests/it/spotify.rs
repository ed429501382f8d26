//! A Spotify on loopback that answers what a test tells it to.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// What it answers, and what it was asked.
#[derive(Default)]
struct Script {
    plays: Value,
    rotate: Option<String>,
    refusals: u32,
    token_answer: Option<(u16, Value)>,
    list_answer: Option<(u16, Value)>,
    refresh_tokens: Vec<String>,
    dead_tokens: Vec<String>,
    is_someone_else: bool,
    profile_answer: Option<(u16, Value)>,
    profile_requests: u32,
    meanwhile: Option<Box<dyn FnOnce() + Send>>,
}

/// The running server.
pub(crate) struct Spotify {
    server: MockServer,
    script: Arc<Mutex<Script>>,
    _runtime: Runtime,
}

impl Spotify {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let answer = |endpoint: fn(&mut Script, &Request) -> ResponseTemplate| {
                let script = Arc::clone(&script);
                move |request: &Request| endpoint(&mut script.lock().unwrap(), request)
            };
            let mocks = [
                Mock::given(method("POST")).and(path("/api/token")).respond_with(answer(token)),
                Mock::given(method("GET")).and(path("/v1/me")).respond_with(answer(me)),
                Mock::given(method("GET")).and(path("/v1/me/player/recently-played")).respond_with(answer(list)),
            ];
            for mock in mocks {
                mock.mount(&server).await;
            }
            server
        });
        Self { server, script, _runtime: runtime }
    }

    /// The environment of a program that talks to it.
    pub(crate) fn settings(&self, refresh_token: &str) -> [(&'static str, String); 5] {
        [
            ("SPOTIFY_BASE_URL", format!("{}/v1/", self.server.uri())),
            ("SPOTIFY_ACCOUNTS_BASE_URL", format!("{}/", self.server.uri())),
            ("SPOTIFY_CLIENT_ID", "the-app".to_owned()),
            ("SPOTIFY_CLIENT_SECRET", "the-app-secret".to_owned()),
            ("SPOTIFY_REFRESH_TOKEN", refresh_token.to_owned()),
        ]
    }

    /// From now on the list is this.
    pub(crate) fn plays(&self, list: Value) {
        self.script.lock().unwrap().plays = list;
    }

    /// The next refresh answers with a new refresh token.
    pub(crate) fn rotate(&self, to: &str) {
        self.script.lock().unwrap().rotate = Some(to.to_owned());
    }

    /// The next access tokens are refused, so many.
    pub(crate) fn refuse_tokens(&self, times: u32) {
        self.script.lock().unwrap().refusals = times;
    }

    /// The token service answers so.
    pub(crate) fn token_answer(&self, status: u16, body: Value) {
        self.script.lock().unwrap().token_answer = Some((status, body));
    }

    /// This happens while the next login is traded for tokens.
    pub(crate) fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        self.script.lock().unwrap().meanwhile = Some(Box::new(happens));
    }

    /// The list is answered so.
    pub(crate) fn list_answer(&self, status: u16, body: Value) {
        self.script.lock().unwrap().list_answer = Some((status, body));
    }

    /// This refresh token is not good any more.
    pub(crate) fn kill_token(&self, token: &str) {
        self.script.lock().unwrap().dead_tokens.push(token.to_owned());
    }

    /// From now on the login is another listener's.
    pub(crate) fn someone_else(&self) {
        self.script.lock().unwrap().is_someone_else = true;
    }

    /// The profile is answered with this status, or as usual.
    pub(crate) fn profile_answer(&self, status: Option<u16>) {
        let body = json!({"error": {"message": "no"}});
        self.script.lock().unwrap().profile_answer = status.map(|status| (status, body));
    }

    /// The profile is answered with a quota that is used up.
    pub(crate) fn profile_quota_exceeded(&self) {
        let body = json!({"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}});
        self.script.lock().unwrap().profile_answer = Some((429, body));
    }

    /// How often it was asked for the profile.
    pub(crate) fn profile_requests(&self) -> u32 {
        self.script.lock().unwrap().profile_requests
    }

    /// The refresh tokens that it was shown, in order.
    pub(crate) fn refresh_tokens(&self) -> Vec<String> {
        self.script.lock().unwrap().refresh_tokens.clone()
    }
}

fn token(script: &mut Script, request: &Request) -> ResponseTemplate {
    let form = String::from_utf8_lossy(&request.body).into_owned();
    let shown = form.split('&').find_map(|field| field.strip_prefix("refresh_token=")).unwrap_or_default();
    script.refresh_tokens.push(shown.to_owned());
    if let Some(happens) = script.meanwhile.take() {
        happens();
    }
    if script.dead_tokens.iter().any(|dead| dead == shown) {
        return ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
    }
    if let Some((status, body)) = &script.token_answer {
        return ResponseTemplate::new(*status).set_body_json(body);
    }
    let mut body = json!({"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 3600});
    if let Some(rotated) = script.rotate.take() {
        body["refresh_token"] = rotated.into();
    }
    ResponseTemplate::new(200).set_body_json(body)
}

fn me(script: &mut Script, _: &Request) -> ResponseTemplate {
    script.profile_requests += 1;
    if let Some((status, body)) = &script.profile_answer {
        return ResponseTemplate::new(*status).set_body_json(body);
    }
    let account_id = if script.is_someone_else { "b2" } else { "a1" };
    ResponseTemplate::new(200).set_body_json(json!({"id": "x", "account_id": account_id}))
}

fn list(script: &mut Script, _: &Request) -> ResponseTemplate {
    if let Some(fewer) = script.refusals.checked_sub(1) {
        script.refusals = fewer;
        return ResponseTemplate::new(401).set_body_json(json!({"error": {"status": 401, "message": "expired"}}));
    }
    match &script.list_answer {
        Some((status, body)) => ResponseTemplate::new(*status).set_body_json(body),
        None => ResponseTemplate::new(200).set_body_json(&script.plays),
    }
}
