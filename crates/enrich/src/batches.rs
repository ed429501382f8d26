//! For how many subjects at a time the services take questions.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use lake::play::UnixMs;

use crate::question::Method;

/// So long a batch that was refused is not tried again.
const REFUSED_FOR: TimeDelta = TimeDelta::days(30);

/// A service that refuses so many batches, and none of them for what another held as well,
/// refuses the way of asking and not what was asked.
const SEVERAL: usize = 2;

/// Which questions for many were taken, and which were refused.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    /// When a question for so many was taken the last time.
    accepted: HashMap<Method, BTreeMap<usize, UnixMs>>,
    /// The answer whose subjects are being counted, and how many they are so far.
    counting: (String, usize),
    /// By answer.
    refusals: HashMap<Method, HashMap<String, Refusal>>,
    /// The answers that refused a subject.
    refused: HashMap<(Method, String), Vec<String>>,
}

#[derive(Debug)]
struct Refusal {
    at: UnixMs,
    subjects: usize,
    /// Whether it held anything that no refusal before it had held.
    is_new: bool,
}

impl Batches {
    /// Takes in that an answer says something about one subject more.
    pub(crate) fn accept(&mut self, method: Method, answer: &str, at: UnixMs) {
        if self.counting.0 == answer {
            self.counting.1 += 1;
        } else {
            self.counting = (answer.to_owned(), 1);
        }
        let last = self.accepted.entry(method).or_default().entry(self.counting.1).or_insert(at);
        *last = at.max(*last);
    }

    /// Takes in that an answer refuses one subject more.
    pub(crate) fn refuse(&mut self, method: Method, subject: String, answer: &str, at: UnixMs) {
        let before = self.refused.entry((method, subject)).or_default();
        let refusals = self.refusals.entry(method).or_default();
        let refusal = refusals.entry(answer.to_owned()).or_insert(Refusal { at, subjects: 0, is_new: false });
        refusal.subjects += 1;
        refusal.is_new |= before.is_empty();
        before.push(answer.to_owned());
    }

    /// The most subjects of a question, where the service lately refused more. A service may
    /// have a form of its own for many, which it refuses once and for all.
    pub(crate) fn limit(&self, method: Method, now: UnixMs) -> Option<usize> {
        let since = now - REFUSED_FOR.num_milliseconds();
        let refusals = self.refusals.get(&method)?.values().filter(|refusal| refusal.at > since);
        if method.is_for_many() {
            return refusals.map(|_| 1).next();
        }
        let accepted = self.accepted.get(&method).into_iter().flatten();
        let accepted = accepted.filter(|(_, at)| **at > since).map(|(subjects, _)| *subjects).max().unwrap_or_default();
        let larger: Vec<&Refusal> = refusals.filter(|refusal| refusal.subjects > accepted).collect();
        if larger.iter().filter(|refusal| refusal.is_new).count() < SEVERAL {
            return None;
        }
        let least = larger.iter().map(|refusal| refusal.subjects).min()?;
        Some((least / 10).max(accepted).max(1))
    }

    /// Among how many others a subject was refused lately.
    pub(crate) fn refused_among(&self, method: Method, subject: &str, now: UnixMs) -> Option<usize> {
        let since = now - REFUSED_FOR.num_milliseconds();
        let refusals = self.refusals.get(&method)?;
        let answers = self.refused.get(&(method, subject.to_owned()))?;
        let refusals = answers.iter().filter_map(|answer| refusals.get(answer));
        refusals.filter(|refusal| refusal.at > since).map(|refusal| refusal.subjects).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(answers: &[(&str, std::ops::Range<usize>, bool)]) -> Batches {
        let mut batches = Batches::default();
        for (answer, subjects, is_taken) in answers {
            for subject in subjects.clone() {
                if *is_taken {
                    batches.accept(Method::ArtistUrls, answer, 1);
                } else {
                    batches.refuse(Method::ArtistUrls, subject.to_string(), answer, 1);
                }
            }
        }
        batches
    }

    #[track_caller]
    fn limit(answers: &[(&str, std::ops::Range<usize>, bool)], expected: Option<usize>) {
        assert_eq!(batches(answers).limit(Method::ArtistUrls, 2), expected);
    }

    #[test]
    fn one_refusal_is_about_what_was_asked() {
        limit(&[("a", 0..50, false)], None);
        // Those of it that are refused again say nothing new.
        limit(&[("a", 0..50, false), ("b", 0..5, false)], None);
        let refused = batches(&[("a", 0..50, false), ("b", 0..5, false)]);
        let among = |subject| refused.refused_among(Method::ArtistUrls, subject, 2);
        assert_eq!([among("3"), among("30"), among("99")], [Some(5), Some(50), None]);
    }

    #[test]
    fn several_are_about_the_way_of_asking() {
        limit(&[("a", 0..100, false), ("b", 100..200, false)], Some(10));
        limit(&[("a", 0..100, false), ("b", 100..104, false)], Some(1));
        // What was taken stands, whatever else was refused.
        limit(&[("a", 0..100, false), ("b", 100..200, false), ("c", 200..250, true)], Some(50));
        limit(&[("a", 0..50, false), ("b", 50..100, false), ("c", 100..150, true)], None);
    }

    #[test]
    fn a_refusal_is_forgotten_after_a_month() {
        let refused = batches(&[("a", 0..100, false), ("b", 100..200, false)]);
        let later = REFUSED_FOR.num_milliseconds() + 1;
        assert_eq!(refused.limit(Method::ArtistUrls, later), None);
        assert_eq!(refused.refused_among(Method::ArtistUrls, "3", later), None);
    }
}
