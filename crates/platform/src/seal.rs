//! Secrets at rest: tokens are sealed with XChaCha20-Poly1305 before they reach the state
//! database, so that a copy of the database alone opens nothing.

use std::io::Write;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::{Stop, files, private};

/// The shortest `TRACKER_SECRET_KEY`: what `openssl rand -hex 16` prints.
const MIN_KEY_CHARS: usize = 32;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// In front of a sealed text: how it was sealed.
const FORMAT: &str = "v1:";

/// Seals and opens small texts.
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// With the key of the settings, else the one in the file at `path`, which is made when it
    /// is not there.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when the key of the settings is too short; when the file cannot be
    /// read or made.
    pub fn open(path: &Path, key: Option<&SecretString>) -> anyhow::Result<Self> {
        match key {
            Some(key) if key.expose_secret().chars().count() < MIN_KEY_CHARS => Err(Stop::Usage(format!(
                "TRACKER_SECRET_KEY is too short: it needs {MIN_KEY_CHARS} characters or more (`openssl rand -hex 32` makes one)"
            ))
            .into()),
            Some(key) => Self::with(key.expose_secret().as_bytes()),
            None => Self::with(&key_in(path).with_context(|| format!("the key of the tokens, {}", path.display()))?),
        }
    }

    fn with(secret: &[u8]) -> anyhow::Result<Self> {
        let mut key = [0; KEY_BYTES];
        Hkdf::<Sha256>::new(None, secret)
            .expand(b"music-tracker tokens", &mut key)
            .map_err(|_| anyhow::anyhow!("no key can be made"))?;
        Ok(Self(XChaCha20Poly1305::new(&Key::from(key))))
    }

    /// Seals `text`. Only the same `purpose` opens it again: a token cannot be moved to
    /// another account.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, text: &SecretString, purpose: &str) -> anyhow::Result<String> {
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: text.expose_secret().as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| anyhow::anyhow!("sealing failed"))?;
        Ok(format!("{FORMAT}{}", STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what [`Sealer::seal`] made; `None` when it was made with another key or for
    /// another purpose, or is damaged.
    pub fn unseal(&self, sealed: &str, purpose: &str) -> Option<SecretString> {
        let bytes = STANDARD_NO_PAD.decode(sealed.strip_prefix(FORMAT)?).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(opened).ok().map(SecretString::from)
    }
}

/// The key in a file that only its owner reads. Of two programs that make it at once, one
/// wins, and both use its key.
fn key_in(path: &Path) -> anyhow::Result<Vec<u8>> {
    if !path.exists() {
        let made = path.with_extension(crate::new_run_id(chrono::DateTime::UNIX_EPOCH));
        private::make_file(&made)?;
        // Private before it holds anything, and whole before it has its name.
        let mut file = fs::File::options().write(true).open(&made)?;
        file.write_all(&random::<KEY_BYTES>()?)?;
        file.sync_all()?;
        match fs::hard_link(&made, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => files::remove_if_there(&made)?,
        }
        files::sync_folder_of(path)?;
    }
    private::close(path);
    let key = fs::read(path)?;
    ensure!(key.len() >= KEY_BYTES, "it has {} bytes instead of {KEY_BYTES}", key.len());
    Ok(key)
}

/// So many bytes that nobody can guess.
///
/// # Errors
/// When the system gives none.
pub fn random<const BYTES: usize>() -> anyhow::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).context("getting random bytes")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(key: &str) -> Sealer {
        Sealer::open(Path::new("/nowhere"), Some(&SecretString::from(key))).unwrap()
    }

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_purpose_only() {
        let sealed = sealer(KEY).seal(&"hunter2".into(), "spotify of ann").unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(sealer(KEY).unseal(&sealed, "spotify of ann").unwrap().expose_secret(), "hunter2");
        assert!(sealer(KEY).unseal(&sealed, "spotify of bob").is_none());
        assert!(sealer(&KEY.replace('0', "1")).unseal(&sealed, "spotify of ann").is_none());
        assert!(sealer(KEY).unseal(&sealed[..sealed.len() - 2], "spotify of ann").is_none());
        assert!(sealer(KEY).unseal("hunter2", "spotify of ann").is_none());
        assert_ne!(sealer(KEY).seal(&"hunter2".into(), "spotify of ann").unwrap(), sealed);
    }

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token.key");
        let sealed = Sealer::open(&path, None).unwrap().seal(&"hunter2".into(), "x").unwrap();
        assert_eq!(Sealer::open(&path, None).unwrap().unseal(&sealed, "x").unwrap().expose_secret(), "hunter2");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_short_key_is_refused() {
        let error = Sealer::open(Path::new("/nowhere"), Some(&"short".into())).err().unwrap();
        assert_eq!(Stop::in_chain(&error).map(Stop::exit_code), Some(2));
    }
}
