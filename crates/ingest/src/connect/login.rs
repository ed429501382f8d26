//! Logging in at Spotify: the person goes there with a browser, and comes back to a port of
//! this machine, to an HTTPS address, or brings the address along by copy and paste.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clients::Spotify;
use clients::spotify::Pkce;
use platform::state::{Account, BegunLogin, Login};
use platform::{JobContext, Stop, seal};
use secrecy::SecretString;
use url::{Host, Url};

use super::{Request, listener, owner};
use crate::fetch::{SPOTIFY, decided};
use crate::session::Session;
use crate::spotify::token;

/// What nobody can guess: 32 random bytes.
const STATE_BYTES: usize = 32;

/// The path that Spotify sends people back to. It must be registered with the app, letter by
/// letter.
const CALLBACK: &str = "callback";

/// How a login is ended by hand. The address holds a code, so it is typed where no list of
/// processes shows it.
const PASTE: &str = "`music-tracker account connect spotify --paste -`";

/// Sends a person to Spotify and waits for them to come back.
pub(super) fn log_in(context: &JobContext, account: Option<&Account>, request: &Request) -> anyhow::Result<String> {
    let redirect_uri = match &context.settings.spotify.redirect_url {
        Some(url) => registered(url)?,
        None => format!("http://127.0.0.1:{}/{CALLBACK}", request.port),
    };
    let (url, state) = begin(context, account, &redirect_uri)?;
    let mut screen = io::stderr();
    writeln!(
        screen,
        "Open this address in a browser and agree:\n\n  {url}\n\n\
         The app's settings at https://developer.spotify.com/dashboard must list this redirect URI, letter by letter:\n\n  \
         {redirect_uri}\n"
    )?;
    if request.no_wait {
        return Ok(format!(
            "When the browser shows an address that begins with {redirect_uri} (the page itself may fail to load), \
             copy it, start {PASTE} within an hour, and paste it there"
        ));
    }
    writeln!(
        screen,
        "Waiting for the browser. If it runs on another machine, its last page fails to load: paste the address of that \
         page here and press Enter."
    )?;
    let address = listener::wait(request.port, state)?;
    finish(context, &address, request.account.as_deref())
}

/// The address of the settings. Spotify takes HTTPS, and HTTP for this machine alone, as a number.
/// <https://developer.spotify.com/documentation/web-api/concepts/redirect_uri>
fn registered(url: &Url) -> anyhow::Result<String> {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        _ => false,
    };
    let is_secure = match url.scheme() {
        "https" => url.host_str().is_some_and(|host| host != "localhost"),
        "http" => is_here,
        _ => false,
    };
    if !is_secure {
        let text = format!(
            "MUSIC_SPOTIFY__REDIRECT_URL is {url}, and Spotify sends nobody there: it has to begin with https:// (and \
             not be localhost), or with http://127.0.0.1 or http://[::1]"
        );
        return Err(Stop::Usage(text).into());
    }
    Ok(url.to_string())
}

/// Begins a login. Where to send the person, and the state they come back with.
fn begin(context: &JobContext, account: Option<&Account>, redirect_uri: &str) -> anyhow::Result<(Url, String)> {
    let client = Spotify::open(context).map_err(|error| decided(context, SPOTIFY, error))?;
    let pkce = if client.has_secret() { None } else { Some(Pkce::new()?) };
    let state = URL_SAFE_NO_PAD.encode(seal::random::<STATE_BYTES>()?);
    let url =
        client.authorize_url(redirect_uri, &state, pkce.as_ref()).map_err(|error| decided(context, SPOTIFY, error))?;
    let begun = BegunLogin {
        state: state.clone(),
        service: SPOTIFY.name.to_owned(),
        account_name: account.map(|account| account.account_id.to_string()),
        verifier: pkce.map(|pkce| pkce.verifier),
        redirect_uri: redirect_uri.to_owned(),
    };
    context.state()?.begin_login(&begun, &context.sealer()?, context.clock.now())?;
    Ok((url, state))
}

/// Ends a login with the address at which the browser ended up. Whose it is was said when it was begun;
/// `account` says it where that is not clear any more.
///
/// # Errors
/// A [`Stop::Usage`] when the address belongs to no login that was begun, or it is not clear whose it is;
/// a [`Stop::NeedsPerson`] when Spotify or the person said no.
pub(super) fn finish(context: &JobContext, address: &str, account: Option<&str>) -> anyhow::Result<String> {
    let back = Back::read(address)?;
    let (sealer, now) = (context.sealer()?, context.clock.now());
    let begun = context.state()?.begun_login(&back.state, &sealer, now)?.ok_or_else(|| {
        Stop::Usage(
            "this address belongs to no login that was begun here within the last hour, or was used already: begin \
             again with `music-tracker account connect spotify`"
                .into(),
        )
    })?;
    let code = back.code.map_err(|reason| {
        Stop::NeedsPerson(format!("Spotify sent you back without a login ({reason}): begin again and agree"))
    })?;
    let owner = owner::of_login(context, &begun, account)?;
    // Until Spotify has given its tokens, the address stays good.
    let again = format!("the login is not used up: {PASTE} with the address of the browser's last page goes on");
    let session = owner.map(|account| Session::begin(context, account)).transpose().context(again)?;
    let client = Spotify::open(context).map_err(|error| decided(context, SPOTIFY, error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let pkce = begun.verifier.map(|verifier| Pkce { verifier });
        let tokens = client
            .exchange(&code, &begun.redirect_uri, pkce.as_ref())
            .await
            .map_err(|error| decided(context, SPOTIFY, error))?;
        let refresh_token =
            tokens.refresh_token.ok_or_else(|| anyhow::anyhow!("Spotify gave no refresh token with the login"))?;
        let mut state = context.state()?;
        // Spotify takes a code once.
        state.end_login(&begun.state)?;
        let (session, note) = match session {
            Some(session) => (session, None),
            // Nobody is left behind by a login that was refused.
            None => {
                let (account, note) = owner::agreed(context, None)?;
                (Session::begin(context, account)?, note)
            }
        };
        let login = Login { refresh_token, authorized_at: Some(now), stored_at: now };
        // Spotify gives it only once, and whose it is may have to be asked again later.
        state.store_login(token::UNPROVEN, &session.account.account_id, &login, &sealer)?;
        // Whoever logs in wants to be fetched again.
        state.pause(SPOTIFY.name, &session.account.account_id, false)?;
        if let Err(error) = token::make_own(&session, &client, &tokens.access_token).await {
            let waits = state.has_login(token::UNPROVEN, &session.account.account_id)?;
            return Err(if waits { error.context(kept(&session.account)) } else { error });
        }
        let end = login.expires_at().map(|end| format!(" Spotify ends this login on {}.", end.format("%Y-%m-%d")));
        let note = note.map(|note| format!("{note}\n")).unwrap_or_default();
        Ok(format!(
            "{note}Spotify is connected for {:?}.{} `music-tracker spotify` fetches the newest plays.",
            session.account.name,
            end.unwrap_or_default()
        ))
    })
}

/// What is told when whose a login is could not be asked.
fn kept(account: &Account) -> String {
    format!(
        "Spotify gave the login, and it is kept for {:?}, but whose it is could not be asked: the next `music-tracker \
         spotify` asks again and goes on by itself",
        account.name
    )
}

/// What the browser brings back.
struct Back {
    state: String,
    /// The code, or why there is none.
    code: Result<SecretString, String>,
}

impl Back {
    /// Reads an address, or only its query.
    fn read(address: &str) -> anyhow::Result<Self> {
        let address = address.trim();
        let query = address.split_once('?').map_or(address, |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let find = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let unclear = || {
            Stop::Usage(
                "this is not the address that Spotify sends people back to: it has `?code=…&state=…` in it. Copy the \
                 whole address from the browser"
                    .into(),
            )
        };
        let state = find("state").ok_or_else(unclear)?;
        let code = match (find("code"), find("error")) {
            (Some(code), None) => Ok(code.into()),
            (_, Some(error)) => Err(error.chars().filter(|char| !char.is_control()).take(60).collect()),
            (None, None) => return Err(unclear().into()),
        };
        Ok(Self { state, code })
    }
}
