//! What a run left undone, in words.

use platform::state::Run;
use serde_json::Value;

use crate::import::thousands;

/// A line has room for so many reasons.
const MOST_REASONS: usize = 3;

/// Why a run is `partial`, as its own report tells it. A run that failed did nothing, and what is in
/// the way now is told at its source.
pub(super) fn undone(run: &Run) -> Option<String> {
    if run.status != "partial" {
        return None;
    }
    let report = &run.report;
    let of_archives = |key| list(report, "archives").flat_map(move |archive| list(archive, key));
    let mut left: Vec<String> = texts(list(report, "refused")).map(|why| format!("not imported: {why}")).collect();
    left.extend(texts(of_archives("damaged")));
    let reasons = of_archives("files").filter_map(|file| file["rejected"].as_object());
    let rejected = reasons.flat_map(|reasons| reasons.values()).chain([&report["rejected"]]);
    let rejected: u64 = rejected.filter_map(Value::as_u64).sum();
    if rejected > 0 {
        left.push(format!("rows that could not be read: {}", thousands(rejected)));
    }
    left.extend(texts(of_archives("warnings")));
    left.extend(report["error"].as_str().map(|why| format!("not fetched: {why}")));
    let more = left.len().saturating_sub(MOST_REASONS);
    left.truncate(MOST_REASONS);
    left.extend((more > 0).then(|| format!("and {} more", thousands(more as u64))));
    (!left.is_empty()).then(|| left.join("; "))
}

fn list<'r>(report: &'r Value, key: &str) -> impl Iterator<Item = &'r Value> {
    report[key].as_array().into_iter().flatten()
}

fn texts<'r>(values: impl Iterator<Item = &'r Value>) -> impl Iterator<Item = String> {
    values.filter_map(|value| Some(value.as_str()?.to_owned()))
}
