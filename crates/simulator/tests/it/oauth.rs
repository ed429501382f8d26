use chrono::{Months, TimeDelta};
use reqwest::header::LOCATION;
use serde_json::json;
use simulator::server::{App, Options, Rotation, peak};

use crate::small_scenario;
use crate::visit::Visit;

const BACK: &str = "http://127.0.0.1:8000/back";
/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn options() -> Options {
    let app = App {
        client_id: "app".into(),
        client_secret: Some("secret".into()),
        redirect_uris: vec![BACK.into(), "https://music.example/back".into()],
        developer: "dev".into(),
    };
    Options { apps: vec![app], ..Options::default() }
}

async fn visit(options: Options) -> Visit {
    Visit::of(small_scenario(1), options).await
}

impl Visit {
    /// Opens the page on which one agrees; where it leads, or what it says instead.
    async fn authorize(&self, changes: &[(&str, &str)]) -> Result<String, String> {
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", BACK),
            ("scope", "user-read-recently-played"),
            ("state", "a b&c"),
        ];
        query.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        query.extend(changes);
        let answer = self.http.get(self.url("authorize")).query(&query).send().await.unwrap();
        match answer.headers().get(LOCATION) {
            Some(location) if answer.status() == 302 => Ok(location.to_str().unwrap().to_owned()),
            _ => Err(answer.text().await.unwrap()),
        }
    }

    async fn code(&self, changes: &[(&str, &str)]) -> String {
        let location = self.authorize(changes).await.unwrap();
        let (_, code) = location.split_once("?code=").unwrap();
        code.split('&').next().unwrap().to_owned()
    }

    async fn exchange(&self, code: &str, changes: &[(&str, &str)], secret: bool) -> (u16, serde_json::Value) {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
        form.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        form.extend(changes);
        self.token(secret.then_some(("app", "secret")), &form).await
    }

    async fn refresh(&self, token: &str, is_pkce: bool) -> (u16, serde_json::Value) {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        form.extend(is_pkce.then_some(("client_id", "app")));
        self.token((!is_pkce).then_some(("app", "secret")), &form).await
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_login_leads_back_with_a_code_and_the_state() {
    let visit = visit(options()).await;
    let location = visit.authorize(&[]).await.unwrap();
    assert!(location.starts_with(&format!("{BACK}?code=AQ")), "{location}");
    assert!(location.ends_with("&state=a%20b%26c"));
    let (status, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
    assert_eq!((status, &answer["scope"]), (200, &json!("user-read-recently-played")));
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3_600)));
    let items = visit.items(&text(&answer["access_token"])).await;
    assert_eq!(items.len(), 50);
    let (status, again) = visit.refresh(&text(&answer["refresh_token"]), false).await;
    assert_eq!((status, again.get("refresh_token")), (200, None));
}

#[tokio::test]
async fn control_says_who_logs_in_and_whether_they_agree() {
    let visit = visit(options()).await;
    let me = async |visit: &Visit| {
        let (_, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
        let request = visit.http.get(visit.url("v1/me")).bearer_auth(text(&answer["access_token"]));
        text(&request.send().await.unwrap().json::<serde_json::Value>().await.unwrap()["display_name"])
    };
    assert_eq!(me(&visit).await, "ada");
    visit.server.login_as("eve").unwrap();
    assert_eq!(me(&visit).await, "eve");
    assert_eq!(visit.control("login", json!({"as": "ada"})).await.status(), 200);
    assert_eq!(me(&visit).await, "ada");
    assert_eq!(visit.control("login", json!({"as": "nobody"})).await.status(), 400);
    assert!(visit.server.login_as("nobody").is_err());
    assert_eq!(visit.control("login", json!({"deny": true})).await.status(), 200);
    let location = visit.authorize(&[]).await.unwrap();
    assert_eq!(location, format!("{BACK}?error=access_denied&state=a%20b%26c"));
}

#[tokio::test]
async fn a_login_leads_nowhere_else() {
    let visit = visit(options()).await;
    let refused = async |changes: &[(&str, &str)]| visit.authorize(changes).await.unwrap_err();
    assert_eq!(refused(&[("client_id", "other")]).await, "INVALID_CLIENT: Invalid client");
    let unknown = "INVALID_CLIENT: Invalid redirect URI";
    assert_eq!(refused(&[("redirect_uri", "http://127.0.0.1:8001/back")]).await, unknown);
    assert_eq!(refused(&[("redirect_uri", "https://music.example/back?x=1")]).await, unknown);
    let insecure = "INVALID_CLIENT: Insecure redirect URI";
    assert_eq!(refused(&[("redirect_uri", "http://localhost:8000/back")]).await, insecure);
    assert_eq!(refused(&[("redirect_uri", "http://192.168.1.2/back")]).await, insecure);
    assert!(visit.authorize(&[("redirect_uri", "https://music.example/back")]).await.is_ok());
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    assert_eq!(refused(&plain).await, "code_challenge_method must be S256");
}

#[tokio::test]
async fn a_code_is_good_once_for_its_app_and_address() {
    let visit = visit(options()).await;
    let invalid = |description: &str| json!({"error": "invalid_grant", "error_description": description});
    let code = visit.code(&[]).await;
    assert_eq!(visit.exchange(&code, &[], true).await.0, 200);
    assert_eq!(visit.exchange(&code, &[], true).await, (400, invalid("Invalid authorization code")));
    let code = visit.code(&[]).await;
    let elsewhere = [("redirect_uri", "https://music.example/back")];
    assert_eq!(visit.exchange(&code, &elsewhere, true).await, (400, invalid("Invalid redirect URI")));
    let code = visit.code(&[]).await;
    let without = visit.exchange(&code, &[("client_id", "app")], false).await;
    assert_eq!(without, (400, json!({"error": "invalid_client", "error_description": "Invalid client secret"})));
    let code = visit.code(&[]).await;
    visit.server.set_now(visit.server.now() + TimeDelta::minutes(10));
    assert_eq!(visit.exchange(&code, &[], true).await, (400, invalid("Authorization code expired")));
}

#[tokio::test]
async fn with_pkce_the_verifier_counts_and_refresh_tokens_are_used_once() {
    let visit = visit(options()).await;
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    for wrong in ["x", &"y".repeat(43), ""] {
        let code = visit.code(&challenge).await;
        let (status, answer) = visit.exchange(&code, &[("client_id", "app"), ("code_verifier", wrong)], false).await;
        assert_eq!((status, &answer["error_description"]), (400, &json!("code_verifier was incorrect")));
    }
    let code = visit.code(&challenge).await;
    let (status, answer) = visit.exchange(&code, &[("client_id", "app"), ("code_verifier", VERIFIER)], false).await;
    assert_eq!(status, 200);
    let first = text(&answer["refresh_token"]);
    let (status, answer) = visit.refresh(&first, true).await;
    assert_eq!(status, 200);
    let second = text(&answer["refresh_token"]);
    assert_ne!(first, second);
    let dead = json!({"error": "invalid_grant", "error_description": "Invalid refresh token"});
    assert_eq!(visit.refresh(&first, true).await, (400, dead));
    assert_eq!(visit.refresh(&second, true).await.0, 200);
}

#[tokio::test]
async fn without_pkce_the_server_says_how_tokens_rotate() {
    for (rotation, is_old_good, is_new) in
        [(Rotation::Keep, true, false), (Rotation::Renew, true, true), (Rotation::Replace, false, true)]
    {
        let visit = visit(Options { rotation, ..options() }).await;
        let (_, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
        let first = text(&answer["refresh_token"]);
        let (_, answer) = visit.refresh(&first, false).await;
        assert_eq!(answer.get("refresh_token").is_some(), is_new);
        assert_eq!(visit.refresh(&first, false).await.0 == 200, is_old_good);
    }
}

#[tokio::test]
async fn refresh_tokens_die_six_months_after_the_authorization() {
    let visit = visit(Options { rotation: Rotation::Renew, ..options() }).await;
    let start = visit.server.now();
    let (_, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
    visit.server.set_now(start + Months::new(5));
    // Neither a refresh nor a new token moves the end.
    let (_, answer) = visit.refresh(&text(&answer["refresh_token"]), false).await;
    let next = text(&answer["refresh_token"]);
    visit.server.set_now(start + Months::new(6) - TimeDelta::seconds(1));
    assert_eq!(visit.refresh(&next, false).await.0, 200);
    visit.server.set_now(start + Months::new(6));
    assert_eq!(visit.refresh(&next, false).await, (400, json!({"error": "invalid_grant"})));

    let (first, start) = (visit.server.refresh_token("ada").unwrap(), visit.server.now());
    assert_eq!(visit.refresh(&first, false).await.0, 200, "those from the beginning never die");
    let strict = Visit::of(small_scenario(1), Options { authorized_at: Some(start), ..options() }).await;
    strict.server.set_now(start + Months::new(6));
    assert_eq!(strict.refresh(&first, false).await.0, 400, "unless their age is known");
}

#[tokio::test]
async fn access_can_be_taken_away_and_scopes_hold() {
    let visit = visit(options()).await;
    let (_, answer) = visit.exchange(&visit.code(&[("scope", "user-top-read")]).await, &[], true).await;
    assert_eq!(visit.history(&text(&answer["access_token"])).await.unwrap().status(), 403);
    let (_, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
    assert_eq!(visit.control("revoke", json!({"account": "ada"})).await.status(), 200);
    assert_eq!(visit.refresh(&text(&answer["refresh_token"]), false).await.0, 400);
    assert_eq!(visit.history(&text(&answer["access_token"])).await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_log_tells_app_developer_and_account() {
    let visit = visit(options()).await;
    let (_, answer) = visit.exchange(&visit.code(&[]).await, &[], true).await;
    let token = text(&answer["access_token"]);
    visit.items(&token).await;
    let log = visit.server.request_log();
    let told: Vec<_> = log.iter().map(|line| (line.endpoint, line.status, line.account.as_deref())).collect();
    let ada = Some("ada");
    assert_eq!(told, [("authorize", Some(302), ada), ("token", Some(200), ada), ("recently-played", Some(200), ada)]);
    assert!(log.iter().all(|line| line.app.as_deref() == Some("app") && line.developer.as_deref() == Some("dev")));
    assert!(log.iter().all(|line| line.at == visit.server.now()));
    assert_eq!(log[2].token.as_deref(), Some(&token[..8]));
    let lines = visit.json("_control/requests/log").await;
    assert_eq!(lines[2]["path"], "GET /v1/me/player/recently-played");
    assert_eq!(lines[2]["service"], "spotify");
}

#[tokio::test]
async fn budgets_are_counted_over_any_span() {
    let visit = visit(Options::default()).await;
    let (token, start) = (visit.access("ada").await, visit.server.now());
    for secs in [0, 10, 29, 30, 31, 100] {
        visit.server.set_now(start + TimeDelta::seconds(secs));
        visit.items(&token).await;
    }
    let log = visit.server.request_log();
    let polls = || log.iter().filter(|line| line.endpoint == "recently-played");
    assert_eq!(peak(polls(), TimeDelta::seconds(30)), 4, "from 10 to 31");
    assert_eq!(peak(polls(), TimeDelta::seconds(1)), 1);
    assert_eq!(peak(&log, TimeDelta::days(1)), 7);
    assert_eq!(peak([], TimeDelta::days(1)), 0);
}
