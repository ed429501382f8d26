//! Pages of recently played tracks, as polls kept them: they describe each track and its album, and
//! plays keep no place for that. They lie among the raw files, so they are read there, once each.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Read};
use std::time::SystemTime;

use anyhow::Context;
use lake::cache::{CachedAnswer, Question, Subject};
use lake::play::{Source, UnixMs};
use lake::raw::{Job, RawStore};
use platform::DataDir;

/// How they were asked for, and what they are about, in the table `lookups`.
pub(crate) const METHOD: &str = "recently_played";
const KIND: &str = "page";

/// A page that was not read yet.
pub(crate) struct Page {
    store: RawStore,
    raw_id: String,
    received_at: UnixMs,
}

/// The pages that are not among those that were `answered`, the oldest first. An account whose history
/// cannot be read is left out: whoever reads plays says what is wrong with it.
///
/// # Errors
/// When the accounts cannot be listed.
pub(crate) fn unread(data: &DataDir, answered: &HashSet<String>) -> anyhow::Result<Vec<Page>> {
    let mut pages = BTreeMap::new();
    for account in accounts(data)? {
        let store = RawStore::new(data, &account);
        match unread_of(&store, answered) {
            Ok(found) => pages.extend(found.into_iter().map(|page| (page, store.clone()))),
            Err(error) => tracing::warn!("leaving out the pages of an account: {error:#}"),
        }
    }
    let pages = pages.into_iter();
    Ok(pages.map(|((received_at, raw_id), store)| Page { store, raw_id, received_at }).collect())
}

fn unread_of(store: &RawStore, answered: &HashSet<String>) -> anyhow::Result<Vec<(UnixMs, String)>> {
    let bodies = store.bodies_since(Source::SpotifyApi, SystemTime::UNIX_EPOCH)?;
    let unread: HashSet<String> = bodies.into_iter().filter(|raw_id| !answered.contains(&answer_id(raw_id))).collect();
    // There may be tens of thousands of receipts: they are opened when there is something new.
    if unread.is_empty() {
        return Ok(Vec::new());
    }
    let receipts = store.living_receipts(Some(Job::Poll))?.into_iter();
    let pages =
        receipts.flat_map(|receipt| receipt.items.into_iter().map(move |item| (receipt.received_at_ms, item.raw_id)));
    Ok(pages.filter(|(_, raw_id)| unread.contains(raw_id)).collect())
}

/// Whether any page that was `answered` is there no more: somebody erased it, and so goes what it said.
///
/// # Errors
/// Any I/O error.
pub(crate) fn are_any_gone(data: &DataDir, answered: &HashSet<String>) -> anyhow::Result<bool> {
    let mut there = HashSet::new();
    for account in accounts(data)? {
        let bodies = RawStore::new(data, &account).bodies_since(Source::SpotifyApi, SystemTime::UNIX_EPOCH)?;
        there.extend(bodies.iter().map(|raw_id| answer_id(raw_id)));
    }
    let mut pages = answered.iter().filter(|answer| answer.starts_with(&answer_id("")));
    Ok(pages.any(|page| !there.contains(page)))
}

impl Page {
    /// The page as an answer. `None` when it is not whole: whoever reads plays names it.
    pub(crate) fn answer(self) -> Option<CachedAnswer> {
        let mut body = Vec::new();
        self.store.read_body(Source::SpotifyApi, &self.raw_id).ok()?.read_to_end(&mut body).ok()?;
        Some(CachedAnswer {
            answer_id: answer_id(&self.raw_id),
            question: Question {
                service: "spotify".to_owned(),
                method: METHOD.to_owned(),
                subject_type: KIND.to_owned(),
                subjects: vec![Subject { id: self.raw_id, name: None, hint: None }],
                url: String::new(),
                status: 200,
                fetched_at: self.received_at,
                run_id: String::new(),
            },
            body,
        })
    }
}

/// Whoever has raw files.
fn accounts(data: &DataDir) -> anyhow::Result<Vec<String>> {
    let folder = data.raw();
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.with_context(|| format!("listing {}", folder.display()))?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<io::Result<_>>().with_context(|| format!("listing {}", folder.display()))
}

fn answer_id(raw_id: &str) -> String {
    format!("{KIND}/{raw_id}")
}
