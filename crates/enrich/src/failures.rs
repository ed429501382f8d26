//! Questions that got no answer, though their service answers others: one that it chokes on must
//! not stand in the way of all that come after it, in this run or in the next.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use anyhow::Context;
use chrono::TimeDelta;
use clients::ClientError;
use clients::spotify::is_about_the_app;
use lake::play::UnixMs;
use platform::{DataDir, files};
use serde::{Deserialize, Serialize};

use crate::question::{Method, Question};

/// So many questions in a row without an answer are the trouble of the service.
pub(crate) const PATIENCE: u32 = 2;

/// So long whatever got no answer comes after everything else.
const LAST_FOR: TimeDelta = TimeDelta::days(7);

/// Notes of them, by the way of asking and the subject. They can be deleted like what lies
/// beside them in the cache.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    notes: BTreeMap<String, BTreeMap<String, Note>>,
    of_this_run: HashSet<(Method, String)>,
    is_changed: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Note {
    /// When it got no answer the last time.
    at: UnixMs,
    /// How often in a row.
    times: u32,
}

/// Whether it may be the question that is to blame, and another one be answered.
pub(crate) fn may_be_the_question(error: &ClientError) -> bool {
    match error {
        // Who says for how long means all questions.
        ClientError::Status { retry_after, .. } => retry_after.is_none(),
        // Who cannot be reached did not hear the question: offline, the most important would come last for days.
        ClientError::Transport { source, .. } => !source.is_connect(),
        ClientError::Forbidden { message } => !is_about_the_app(message),
        ClientError::TooLarge { .. } | ClientError::Unreadable { .. } => true,
        _ => false,
    }
}

impl Failures {
    /// Reads the notes; those that make no sense are forgotten.
    pub(crate) fn read(data: &DataDir) -> Self {
        let path = path(data);
        let notes = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(path = %path.display(), %error, "forgetting which questions got no answer");
                BTreeMap::new()
            }),
            Err(_) => BTreeMap::new(),
        };
        Self { notes, ..Self::default() }
    }

    /// Notes that a question got no answer.
    pub(crate) fn note(&mut self, question: &Question, now: UnixMs) {
        for subject in &question.subjects {
            let times = 1 + self.times(question.method, &subject.id, now);
            let notes = self.notes.entry(question.method.name().to_owned()).or_default();
            notes.insert(subject.id.clone(), Note { at: now, times });
            self.of_this_run.insert((question.method, subject.id.clone()));
        }
        self.is_changed = true;
    }

    /// Forgets what a question that was answered is about.
    pub(crate) fn forget(&mut self, question: &Question) {
        if let Some(notes) = self.notes.get_mut(question.method.name()) {
            let before = notes.len();
            notes.retain(|id, _| !question.subjects.iter().any(|subject| subject.id == *id));
            self.is_changed |= notes.len() < before;
        }
    }

    /// Writes the notes, if there is anything new.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn write(&mut self, data: &DataDir) -> anyhow::Result<()> {
        if self.is_changed {
            let path = path(data);
            files::write_whole(&path, &serde_json::to_vec(&self.notes)?)
                .with_context(|| format!("writing {}", path.display()))?;
            self.is_changed = false;
        }
        Ok(())
    }

    /// Whether it got no answer in this run: it is not asked again before the next.
    pub(crate) fn is_of_this_run(&self, method: Method, subject: &str) -> bool {
        !self.of_this_run.is_empty() && self.of_this_run.contains(&(method, subject.to_owned()))
    }

    /// How often in a row it got no answer lately.
    pub(crate) fn times(&self, method: Method, subject: &str, now: UnixMs) -> u32 {
        let note = self.notes.get(method.name()).and_then(|notes| notes.get(subject));
        note.filter(|note| now - note.at < LAST_FOR.num_milliseconds()).map_or(0, |note| note.times)
    }
}

fn path(data: &DataDir) -> PathBuf {
    data.cache().join("no-answer.json")
}
