//! Someone who calls the services, over a real socket.

use std::time::Duration;

use reqwest::{Client, Response, redirect};
use serde_json::Value;
use simulator::server::{Fault, FaultKind, Options, Server, Service};
use simulator::{Elsewhere, Scenario, World};

use crate::small_scenario;

/// As what the visitor introduces itself.
const USER_AGENT: &str = "visitor/1.0 ( visitor@example.org )";

/// A server and a client that has no token.
pub(crate) struct Visit {
    pub(crate) server: Server,
    pub(crate) http: Client,
}

impl Visit {
    pub(crate) async fn of(scenario: Scenario, options: Options) -> Self {
        // Only http is spoken here, but reqwest wants a provider for https all the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let server = Server::start(World::build(&scenario).unwrap(), options).await.unwrap();
        let http = Client::builder().user_agent(USER_AGENT);
        let http = http.redirect(redirect::Policy::none()).timeout(Duration::from_secs(20));
        Self { server, http: http.build().unwrap() }
    }

    /// Ada and eve, with plays on Navidrome, and everyone is told of everything.
    pub(crate) async fn everywhere(options: Options) -> Self {
        Self::of(small_scenario(1).elsewhere(Elsewhere::everything(300)), options).await
    }

    /// The same without waiting between requests, which only a test may do.
    pub(crate) async fn hurried() -> Self {
        Self::everywhere(hurried()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.accounts_base_url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    pub(crate) async fn control(&self, path: &str, wish: Value) -> Response {
        self.http.post(self.url(&format!("_control/{path}"))).json(&wish).send().await.unwrap()
    }

    /// Asks the token service.
    pub(crate) async fn token(&self, secret: Option<(&str, &str)>, form: &[(&str, &str)]) -> (u16, Value) {
        let mut request = self.http.post(self.url("api/token")).form(form);
        if let Some((id, secret)) = secret {
            request = request.basic_auth(id, Some(secret));
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// An access token for the refresh token that an account has from the beginning.
    pub(crate) async fn access(&self, account: &str) -> String {
        let refresh_token = self.server.refresh_token(account).unwrap();
        let form = [("grant_type", "refresh_token"), ("refresh_token", &refresh_token), ("client_id", "app")];
        let (_, answer) = self.token(None, &form).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The newest plays of ada, or why there are none.
    pub(crate) async fn history(&self, token: &str) -> Result<Response, reqwest::Error> {
        self.http.get(self.url("v1/me/player/recently-played?limit=50")).bearer_auth(token).send().await
    }

    pub(crate) async fn items(&self, token: &str) -> Vec<Value> {
        let page: Value = self.history(token).await.unwrap().json().await.unwrap();
        page["items"].as_array().unwrap().clone()
    }

    /// Switches a fault of Spotify's list on.
    pub(crate) fn fault(&self, kind: FaultKind, times: Option<u64>) -> u64 {
        let fault = Fault { times, ..Fault::new(Service::Spotify, kind).at("recently-played") };
        self.server.switch_on(fault).unwrap()
    }
}

/// Options of services that nobody need wait for.
pub(crate) fn hurried() -> Options {
    Options { musicbrainz_interval: Duration::ZERO, nominatim_interval: Duration::ZERO, ..Options::default() }
}
