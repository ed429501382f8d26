//! Spotify: the token service and the Web API.
//!
//! <https://developer.spotify.com/documentation/web-api>

mod catalogue;
mod consent;
mod login;
mod profile;
mod refusal;
mod token;

use std::time::Duration;

use platform::{JobContext, settings};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub use self::catalogue::{MAX_ALBUMS, MAX_TRACKS};
pub use self::consent::Pkce;
pub use self::profile::Profile;
pub use self::refusal::is_about_the_app;
pub use self::token::{AccessToken, Tokens};
use crate::http::Reply;
use crate::line::join;
use crate::{Answer, Class, ClientError, Line, line};

/// The client of one app at Spotify, for any number of listeners.
pub struct Spotify {
    line: Line,
    settings: settings::Spotify,
    client_id: String,
}

/// Asking for tokens: it costs the Web API nothing.
const SIGN_IN: Class = Class { name: "sign-in", per_day: None };

/// The quiet that the token service gets after a failure, though it asks for none.
/// <https://github.com/Mincka/spotcast/releases/tag/v6.5.3>
const SIGN_IN_QUIET: Duration = Duration::from_secs(30);

/// The name under which the requests of a developer's apps are counted.
pub fn line_name(settings: &settings::Spotify) -> String {
    format!("spotify/{}", settings.developer)
}

/// Fetching plays, which nothing else may starve.
pub fn polls(settings: &settings::Spotify) -> Class {
    Class { name: "polls", per_day: Some(settings.polls_per_day) }
}

/// Asking whose a login is: no poll can use a new login before, so nothing else may spend this.
/// A poll asks at most once; this many are more than the polls of a day usually are.
pub const IDENTITY: Class = Class { name: "identity", per_day: Some(150) };

/// Everything else that is asked of the Web API.
pub fn lookups(settings: &settings::Spotify) -> Class {
    Class { name: "lookups", per_day: Some(settings.lookups_per_day) }
}

/// What is told where the settings name no app.
const NO_APP: &str = "SPOTIFY_CLIENT_ID is not set: make an app at https://developer.spotify.com/dashboard, and put \
                      its id into SPOTIFY_CLIENT_ID and its secret, if it has one, into SPOTIFY_CLIENT_SECRET, in the \
                      file .env of the folder you are in (.env.example shows how)";

impl Spotify {
    /// A client for the app of the settings.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when they name no app; when no line can be opened.
    pub fn open(context: &JobContext) -> Result<Self, ClientError> {
        let settings = context.settings.spotify.clone();
        let client_id =
            settings.client_id.clone().ok_or_else(|| ClientError::Settings { message: NO_APP.to_owned() })?;
        let spacing = Duration::from_millis(settings.spacing_ms);
        let line = Line::open(context, line_name(&settings), spacing)
            .map_err(|source| ClientError::Memory { source: source.into() })?;
        Ok(Self { line, settings, client_id })
    }

    /// Trades a refresh token for an access token. Where the answer has a new refresh token,
    /// the old one may be dead: keep the new one before using the access token.
    ///
    /// One try only: the token service gets half a minute of quiet after a failure, whoever asks next,
    /// and a token that works once must not be sent twice in a row.
    ///
    /// # Errors
    /// [`ClientError::Reauthorize`] when the refresh token is dead,
    /// [`ClientError::Settings`] when the app's id or secret is wrong, and the usual ones.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens, ClientError> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())]).await
    }

    /// Asks the token service. An app without a secret says who it is in the form.
    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens, ClientError> {
        let url = join(&self.settings.accounts_base_url, "api/token")?;
        let request = |http: &Client| -> RequestBuilder {
            match &self.settings.client_secret {
                Some(secret) => {
                    http.post(url.clone()).basic_auth(&self.client_id, Some(secret.expose_secret())).form(form)
                }
                None => {
                    let me: &[(&str, &str)] = &[("client_id", self.client_id.as_str())];
                    http.post(url.clone()).form(&[form, me].concat())
                }
            }
        };
        let judge = |reply: Reply| match reply.status.as_u16() {
            200 => token::read(&reply),
            _ => Err(refusal::of_accounts(reply)),
        };
        let mut answer = self.line.ask_once(SIGN_IN, &url, request, judge).await;
        if let Err(error @ ClientError::Status { .. }) = &mut answer {
            self.rest(error)?;
        }
        answer
    }

    /// Leaves the token service alone after a failure of its own, and says so in the error.
    fn rest(&self, error: &mut ClientError) -> Result<(), ClientError> {
        let reason = error.to_string();
        let ClientError::Status { status, retry_after, .. } = error else { return Ok(()) };
        if !status.is_server_error() {
            return Ok(());
        }
        let wait = retry_after.unwrap_or_default().max(SIGN_IN_QUIET);
        *retry_after = Some(wait);
        self.line.cool_down(SIGN_IN.name, wait, &reason)
    }

    /// Whether [`recently_played`](Self::recently_played) may be asked now. During a ban of
    /// hours nobody should ask for a token that leads nowhere.
    ///
    /// # Errors
    /// [`ClientError::CoolingDown`] or [`ClientError::BudgetSpent`] when it may not.
    pub fn may_poll(&self) -> Result<(), ClientError> {
        self.line.is_open(polls(&self.settings))
    }

    /// The newest 50 plays of a listener, without a cursor: plays that Spotify lists late
    /// have old times, and a cursor would skip them.
    ///
    /// # Errors
    /// [`ClientError::Unauthorized`] when the access token is stale,
    /// [`ClientError::Unreadable`] when the answer is no list, and the usual ones.
    pub async fn recently_played(&self, access_token: &AccessToken) -> Result<Answer, ClientError> {
        let path = "me/player/recently-played?limit=50";
        self.ask(polls(&self.settings), path, access_token, judge_list).await
    }

    /// Whether [`me`](Self::me) may be asked now. A refresh token that is traded for nothing is
    /// rotated for nothing.
    ///
    /// # Errors
    /// [`ClientError::CoolingDown`] or [`ClientError::BudgetSpent`] when it may not.
    pub fn may_identify(&self) -> Result<(), ClientError> {
        self.line.is_open(IDENTITY)
    }

    /// Who the listener is; see [`Profile::parse`]. One try only: whoever does not hear asks again
    /// with the next poll, and the budget lasts through a day without an answer.
    ///
    /// # Errors
    /// [`ClientError::Unauthorized`] when the access token is stale, and the usual ones.
    pub async fn me(&self, access_token: &AccessToken) -> Result<Answer, ClientError> {
        let url = join(&self.settings.base_url, "me")?;
        let request = |http: &Client| http.get(url.clone()).bearer_auth(access_token.expose());
        self.line.ask_once(IDENTITY, &url, request, judge).await
    }

    /// Asks the Web API, again if a passing trouble comes between.
    async fn ask(
        &self,
        class: Class,
        path: &str,
        access_token: &AccessToken,
        judge: impl Fn(Reply) -> Result<Answer, ClientError>,
    ) -> Result<Answer, ClientError> {
        let url = join(&self.settings.base_url, path)?;
        let request = |http: &Client| http.get(url.clone()).bearer_auth(access_token.expose());
        self.line.ask(class, &url, request, judge).await
    }
}

/// The Web API answers 200 with JSON, or not well.
fn judge(reply: Reply) -> Result<Answer, ClientError> {
    match reply.status.as_u16() {
        200 => line::json(reply).map(Answer::of),
        _ => Err(refusal::of_web_api(reply)),
    }
}

/// A success is a list, if only an empty one: what its items are is not for the client to judge.
fn judge_list(reply: Reply) -> Result<Answer, ClientError> {
    #[derive(Deserialize)]
    struct List {
        #[serde(rename = "items")]
        _items: Vec<IgnoredAny>,
    }
    let answer = judge(reply)?;
    match serde_json::from_slice::<List>(&answer.body) {
        Ok(_) => Ok(answer),
        Err(_) => Err(ClientError::Unreadable { url: answer.url, detail: "no list of plays".to_owned() }),
    }
}
