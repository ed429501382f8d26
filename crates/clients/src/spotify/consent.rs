//! How a person lets an app read what they listen to: the authorization code, with PKCE where
//! the app has no secret.
//!
//! <https://developer.spotify.com/documentation/web-api/tutorials/code-flow>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::seal;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use super::{Spotify, Tokens};
use crate::ClientError;
use crate::line::join;

/// The least that reading the list of plays needs.
const SCOPE: &str = "user-read-recently-played";

/// 64 random bytes make a verifier of 86 characters; 43 to 128 are allowed.
const VERIFIER_BYTES: usize = 64;

/// A secret for one login, that stands in for the secret of the app.
#[derive(Debug, Clone)]
pub struct Pkce {
    /// Sent when the code is traded.
    pub verifier: SecretString,
}

impl Pkce {
    /// A new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new() -> anyhow::Result<Self> {
        let verifier = URL_SAFE_NO_PAD.encode(seal::random::<VERIFIER_BYTES>()?);
        Ok(Self { verifier: verifier.into() })
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose_secret()))
    }
}

impl Spotify {
    /// Whether the app has a secret; without one, a login needs [`Pkce`].
    pub fn has_secret(&self) -> bool {
        self.settings.client_secret.is_some()
    }

    /// Where to send a person who shall log in. They come back to `redirect_uri` with `state`
    /// and a code.
    ///
    /// # Errors
    /// [`ClientError::Settings`] when the settings hold no base URL.
    pub fn authorize_url(&self, redirect_uri: &str, state: &str, pkce: Option<&Pkce>) -> Result<Url, ClientError> {
        let mut url = join(&self.settings.accounts_base_url, "authorize")?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", SCOPE)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state);
        if let Some(pkce) = pkce {
            query.append_pair("code_challenge_method", "S256").append_pair("code_challenge", &pkce.challenge());
        }
        drop(query);
        Ok(url)
    }

    /// Trades the code that a person came back with. It is good for one try.
    ///
    /// # Errors
    /// [`ClientError::Reauthorize`] when the code is not good (any more), and the usual ones.
    pub async fn exchange(
        &self,
        code: &SecretString,
        redirect_uri: &str,
        pkce: Option<&Pkce>,
    ) -> Result<Tokens, ClientError> {
        let mut form =
            vec![("grant_type", "authorization_code"), ("code", code.expose_secret()), ("redirect_uri", redirect_uri)];
        if let Some(pkce) = pkce {
            form.push(("code_verifier", pkce.verifier.expose_secret()));
        }
        self.tokens(&form).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_the_hash_of_the_verifier() {
        let pkce = Pkce { verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into() };
        assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn verifiers_are_long_and_differ() {
        let (one, two) = (Pkce::new().unwrap(), Pkce::new().unwrap());
        assert_eq!(one.verifier.expose_secret().len(), 86);
        assert_ne!(one.verifier.expose_secret(), two.verifier.expose_secret());
    }
}
