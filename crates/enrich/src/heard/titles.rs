//! The songs by which somebody can be looked up.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use clients::listenbrainz::Names;

use crate::names;

/// So many titles are worth a question, one after the other.
const TITLES: usize = 5;

/// Titles, and how often each was heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Titles {
    plays: HashMap<String, u64>,
    best: Vec<String>,
}

impl Titles {
    /// Counts plays of a title.
    pub(super) fn add(&mut self, title: Option<&str>, plays: u64) {
        let Some(title) = title else { return };
        match self.plays.get_mut(title) {
            Some(before) => *before += plays,
            None => drop(self.plays.insert(title.to_owned(), plays)),
        }
    }

    /// Takes in those of somebody else.
    pub(super) fn join(&mut self, other: &Self) {
        other.plays.iter().for_each(|(title, plays)| self.add(Some(title), *plays));
    }

    /// Chooses those that are asked by: the ones heard most, as far as they fit into a question beside the name,
    /// and of two spellings of one title the better known.
    pub(super) fn choose(&mut self, name: &str) {
        let mut titles: Vec<(String, u64)> = self.plays.drain().collect();
        titles.retain(|(title, _)| Names { artist: name, recording: title }.fit());
        titles.sort_unstable_by(|(left, more), (right, less)| (Reverse(more), left).cmp(&(Reverse(less), right)));
        let mut seen = HashSet::new();
        titles.retain(|(title, _)| seen.len() < TITLES && seen.insert(names::plain(title)));
        self.best = titles.into_iter().map(|(title, _)| title).collect();
    }

    /// Those that are asked by, the one heard most first.
    pub(crate) fn best(&self) -> &[String] {
        &self.best
    }
}
