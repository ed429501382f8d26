//! What all clients share: the one HTTP client, and reading of answers within limits.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;
use std::time::Duration;

use platform::Stop;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls_platform_verifier::ConfigVerifierExt;
use url::Url;

use crate::ClientError;

/// The most that is read of a body. A page of 50 plays with all its markets has 300 kB.
pub const MAX_BODY_BYTES: usize = 16 << 20;

/// The longest wait for a connection; the time limit of the request covers the rest.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const MAX_REDIRECTS: usize = 5;

/// Builds the HTTP client that a program shares among all its API clients. `contact`, a web
/// page or mail address, goes into the User-Agent, so that a service can reach whoever runs
/// this; `timeout` bounds a whole request with its answer.
///
/// # Errors
/// When `contact` cannot be a header, or this machine has no root certificates.
pub(crate) fn http_client(contact: Option<&str>, timeout: Duration) -> anyhow::Result<Client> {
    let is_sendable = |contact: &str| contact.chars().all(|char| matches!(char, ' '..='~'));
    if !contact.is_none_or(is_sendable) {
        let text =
            "CONTACT cannot be sent: write a mail address or a web page, on one line, in letters without accents";
        return Err(Stop::Usage(text.to_owned()).into());
    }
    let client = Client::builder()
        .tls_backend_preconfigured(tls()?)
        .user_agent(user_agent(contact))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .redirect(Policy::custom(stay_on_host))
        .referer(false)
        .build()?;
    Ok(client)
}

/// How connections are secured: by the root certificates of this machine, which are read once.
/// That takes longer than many a request.
fn tls() -> anyhow::Result<ClientConfig> {
    static TLS: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(known) = TLS.get() {
        return Ok(known.clone());
    }
    if CryptoProvider::get_default().is_none() {
        // Only another thread can have been faster, with the same provider.
        drop(default_provider().install_default());
    }
    let mut tls = ClientConfig::with_platform_verifier()?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TLS.get_or_init(|| tls).clone())
}

fn user_agent(contact: Option<&str>) -> String {
    let program = concat!("music-tracker/", env!("CARGO_PKG_VERSION"));
    contact.map_or_else(|| program.to_owned(), |contact| format!("{program} ( {contact} )"))
}

/// Follows redirects within scheme, host and port only; any other becomes the answer. The
/// request carries tokens that are nobody else's business.
fn stay_on_host(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let stays = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if stays && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
}

/// An answer of any status, read to its end.
pub(crate) struct Reply {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    /// No further request is free for so long, as `X-RateLimit-Remaining: 0` tells.
    pub(crate) quiet: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The error for a status that has no special meaning at this API.
    pub(crate) fn into_status_error(self) -> ClientError {
        ClientError::Status { url: self.url, status: self.status, retry_after: self.retry_after }
    }
}

/// Sends a request to `url` and reads the answer, whatever its status.
pub(crate) async fn send(request: RequestBuilder, url: &Url, limit_bytes: usize) -> Result<Reply, ClientError> {
    let incomplete = |source: reqwest::Error| ClientError::Transport { url: url.clone(), source: source.without_url() };
    let mut response = request.send().await.map_err(incomplete)?;
    let (status, headers) = (response.status(), response.headers());
    let quiet = quiet(headers);
    let retry_after = retry_after(headers).or(quiet.filter(|_| status.as_u16() == 429));
    tracing::debug!(%url, status = status.as_u16(), "service answered");
    let body = match read_bounded(&mut response, limit_bytes).await {
        Ok(Some(body)) => body,
        // The status of a refusal says enough; its body only explains.
        Ok(None) | Err(_) if !status.is_success() => Vec::new(),
        Ok(None) => return Err(ClientError::TooLarge { url: url.clone(), limit_bytes }),
        Err(source) => return Err(incomplete(source)),
    };
    Ok(Reply { url: url.clone(), status, retry_after, quiet, body })
}

/// The whole body, or `None` as soon as it grows over the limit. The limit counts
/// decompressed bytes: a small answer may unpack to a large one.
async fn read_bounded(response: &mut Response, limit_bytes: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// `Retry-After` in seconds or as a date. A date is measured against the service's own
/// `Date`, so it needs no clock here and a wrong one does no harm.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wanted = text(RETRY_AFTER)?;
    if let Ok(secs) = wanted.parse() {
        return Some(Duration::from_secs(secs));
    }
    let until = httpdate::parse_http_date(wanted).ok()?;
    let now = httpdate::parse_http_date(text(DATE)?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// ListenBrainz and others tell how many requests are left, and when the count begins anew.
fn quiet(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    (number("x-ratelimit-remaining")? == 0).then(|| number("x-ratelimit-reset-in").map(Duration::from_secs))?
}

/// A number between 0 and 1 that differs from call to call; std seeds each `RandomState` anew.
pub(crate) fn jitter() -> f64 {
    f64::from((RandomState::new().build_hasher().finish() >> 32) as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[(&'static str, &str)], expected_secs: Option<u64>) {
        let headers = given.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        assert_eq!(retry_after(&headers.collect()), expected_secs.map(Duration::from_secs));
    }

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let date = ("date", "Sun, 22 Nov 2026 12:00:00 GMT");
        check(&[("retry-after", "48925")], Some(48_925));
        check(&[("retry-after", " 7 ")], Some(7));
        check(&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT"), date], Some(90));
        check(&[("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT"), date], Some(0));
    }

    #[test]
    fn retry_after_that_says_nothing() {
        check(&[], None);
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "-5")], None);
        check(&[("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT")], None);
    }

    #[test]
    fn the_last_request_of_a_window_asks_for_quiet() {
        let headers = |given: &[(&'static str, &str)]| {
            given.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
        };
        let reset = ("x-ratelimit-reset-in", "7");
        assert_eq!(quiet(&headers(&[("x-ratelimit-remaining", "0"), reset])), Some(Duration::from_secs(7)));
        assert_eq!(quiet(&headers(&[("x-ratelimit-remaining", "3"), reset])), None);
        assert_eq!(quiet(&headers(&[reset])), None);
    }

    #[test]
    fn the_user_agent_names_a_contact() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(user_agent(Some("me@example.org")), format!("music-tracker/{version} ( me@example.org )"));
        assert_eq!(user_agent(None), format!("music-tracker/{version}"));
    }

    #[test]
    fn a_contact_that_is_no_header_is_an_error() {
        for contact in ["two\nlines", "J\u{fc}rgen <j@example.org>"] {
            let error = http_client(Some(contact), Duration::from_secs(1)).unwrap_err();
            assert!(error.to_string().contains("CONTACT"), "{error}");
        }
    }

    #[test]
    fn jitter_is_a_fraction() {
        assert!((0..100).map(|_| jitter()).all(|jitter| (0.0..=1.0).contains(&jitter)));
    }
}
