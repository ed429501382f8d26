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

/// The pages that are not among those that were `answered`, the oldest first.
///
/// # Errors
/// Any I/O error; a receipt that cannot be read.
pub(crate) fn unread(data: &DataDir, answered: &HashSet<String>) -> anyhow::Result<Vec<Page>> {
    let mut pages = BTreeMap::new();
    for account in accounts(data)? {
        let store = RawStore::new(data, &account);
        let bodies = store.bodies_since(Source::SpotifyApi, SystemTime::UNIX_EPOCH)?;
        // There may be tens of thousands of receipts: they are opened when there is something new.
        if bodies.iter().all(|raw_id| answered.contains(&answer_id(raw_id))) {
            continue;
        }
        for receipt in store.living_receipts(Some(Job::Poll))? {
            for item in receipt.items.into_iter().filter(|item| item.source == Source::SpotifyApi) {
                if !answered.contains(&answer_id(&item.raw_id)) && store.has_body(item.source, &item.raw_id) {
                    let page = (receipt.received_at_ms, item.raw_id);
                    pages.entry(page).or_insert_with(|| store.clone());
                }
            }
        }
    }
    let pages = pages.into_iter();
    Ok(pages.map(|((received_at, raw_id), store)| Page { store, raw_id, received_at }).collect())
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
