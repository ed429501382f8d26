//! Answers of other services about artists, tracks, albums and places, kept as they came, the
//! positive and the negative ones. They can be deleted; that costs asking again.
//!
//! An answer is one zstd file: a line of JSON (what was asked, when, about whom), then the body
//! byte for byte. Everything that is known from an answer follows from these two, so that the
//! typed tables can be made anew without the network.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use anyhow::Context;
use chrono::DateTime;
use platform::{DataDir, files};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

use crate::play::UnixMs;

const ZSTD_LEVEL: i32 = 3;

/// What was asked, and about whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Which service, such as `musicbrainz`.
    pub service: String,
    /// How it was asked, such as `url` or `search`.
    pub method: String,
    /// What kind of things the subjects are, as in the table `lookups`.
    pub subject_type: String,
    /// About whom.
    pub subjects: Vec<Subject>,
    /// The address, without secrets.
    pub url: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// When it came.
    pub fetched_at: UnixMs,
    /// The run that asked.
    pub run_id: String,
}

/// One thing that was asked about, with what was known of it then: which answer is right may
/// depend on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Its URI, MBID or name.
    pub id: String,
    /// Its name, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it was told apart by: the artist whose area it is, the title of the track that was
    /// asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedAnswer {
    /// Its name in the cache.
    pub answer_id: String,
    /// What was asked.
    pub question: Question,
    /// What was answered.
    pub body: Vec<u8>,
}

/// A kept answer of which something is lost.
#[derive(Debug, thiserror::Error)]
#[error("the kept answer {} is damaged: delete it, and it is asked for again", .0.display())]
pub struct Damaged(PathBuf);

/// All answers.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache of this data folder.
    pub fn new(data: &DataDir) -> Self {
        Self { folder: data.cache() }
    }

    /// Keeps an answer, whole and synced, and names it: the service, how it was asked, the
    /// instant, and a hash of the question. Names of one service and method sort by time.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn keep(&self, question: Question, body: Vec<u8>) -> anyhow::Result<CachedAnswer> {
        let asked = serde_json::to_vec(&(&question.url, &question.subjects))?;
        let hash: String = Sha256::digest(asked)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let at = DateTime::from_timestamp_millis(question.fetched_at).context("an instant out of range")?;
        let answer_id =
            format!("{}/{}/{}-{hash}", question.service, question.method, at.format("%Y-%m/%Y%m%dT%H%M%S%3fZ"));
        let path = self.path(&answer_id);
        files::write_whole_with(&path, |file| {
            let mut encoder = Encoder::new(file, ZSTD_LEVEL)?;
            encoder.include_checksum(true)?;
            serde_json::to_writer(&mut encoder, &question)?;
            encoder.write_all(b"\n")?;
            encoder.write_all(&body)?;
            encoder.finish().map(drop)
        })
        .with_context(|| format!("writing {}", path.display()))?;
        Ok(CachedAnswer { answer_id, question, body })
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`Damaged`] when its bytes are no answer; any I/O error.
    pub fn read(&self, answer_id: &str) -> anyhow::Result<CachedAnswer> {
        let path = self.path(answer_id);
        let bytes = fs::read(&path).with_context(|| format!("reading the answer {}", path.display()))?;
        let read = || -> anyhow::Result<CachedAnswer> {
            let mut reader = BufReader::new(Decoder::new(&bytes[..])?);
            let (mut line, mut body) = (String::new(), Vec::new());
            reader.read_line(&mut line)?;
            reader.read_to_end(&mut body)?;
            Ok(CachedAnswer { answer_id: answer_id.to_owned(), question: serde_json::from_str(&line)?, body })
        };
        read().context(Damaged(path))
    }

    /// The names of all answers, in the order in which they came.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn answer_ids(&self) -> anyhow::Result<Vec<String>> {
        let mut ids = Vec::new();
        // service / method / month / file
        let mut folders = vec![(self.folder.clone(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.with_context(|| format!("listing {}", folder.display()))?,
            };
            for entry in entries {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type()?.is_dir() {
                    folders.push((entry.path(), format!("{prefix}{name}/")));
                } else if let Some(stem) = name.strip_suffix(".zst") {
                    ids.push(format!("{prefix}{stem}"));
                }
            }
        }
        ids.sort_by(|left, right| at(left).cmp(at(right)).then_with(|| left.cmp(right)));
        Ok(ids)
    }

    fn path(&self, answer_id: &str) -> PathBuf {
        self.folder.join(format!("{answer_id}.zst"))
    }
}

/// The part of a name that tells the time.
fn at(answer_id: &str) -> &str {
    answer_id.rsplit('/').next().unwrap_or(answer_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(method: &str, fetched_at: UnixMs) -> Question {
        let subject = Subject { id: "spotify:artist:1".into(), name: Some("Zoë".into()), hint: None };
        Question {
            service: "musicbrainz".into(),
            method: method.into(),
            subject_type: "spotify_artist".into(),
            subjects: vec![subject],
            url: "http://127.0.0.1/url".into(),
            status: 200,
            fetched_at,
            run_id: "r".into(),
        }
    }

    #[test]
    fn answers_come_back_as_they_were_in_the_order_in_which_they_came() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(&DataDir::new(folder.path(), None));
        assert!(cache.answer_ids().unwrap().is_empty());
        let later = cache.keep(question("search", 1_700_000_000_002), b"{}\n{}".to_vec()).unwrap();
        let first = cache.keep(question("url", 1_700_000_000_001), Vec::new()).unwrap();
        assert_eq!(cache.answer_ids().unwrap(), [first.answer_id.as_str(), later.answer_id.as_str()]);
        assert_eq!(cache.read(&later.answer_id).unwrap(), later);
        assert_eq!(cache.read(&first.answer_id).unwrap(), first);
    }

    #[test]
    fn a_damaged_answer_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(&DataDir::new(folder.path(), None));
        let answer = cache.keep(question("url", 1), b"body".to_vec()).unwrap();
        let path = cache.path(&answer.answer_id);
        let bytes = fs::read(&path).unwrap();
        files::write_whole(&path, &bytes[..bytes.len() - 6]).unwrap();
        let error = cache.read(&answer.answer_id).unwrap_err();
        assert!(error.is::<Damaged>() && error.to_string().contains(&answer.answer_id), "{error:#}");
    }
}
