//! `ingest import`: archives that a person hands over.
//!
//! For each archive: its listening files are masked, kept as raw bodies and read into
//! buckets, all in one pass (`files`); the buckets become parts month by month; then the
//! receipt is written, which makes the bodies part of the history, and the parts become
//! visible. Killed before the receipt, nothing has happened; killed behind it, the next
//! start finishes the work.

mod account;
mod elsewhere;
mod files;
mod list;
mod question;
mod report;

use std::path::PathBuf;

use lake::raw::{Job, Receipt, State};
use platform::{JobContext, Stop, Summary, progress};
use serde_json::json;

use crate::archive::{self, Archive};
use crate::buckets::Buckets;
use crate::months::{Against, Settlement, settle_months};
use crate::session::Session;
use crate::{rebuild, recover};
pub(crate) use account::choose as choose_account;
use files::FileResult;
pub use list::{ImportRun, ImportState, list, told};
pub(crate) use report::thousands;
pub use report::{ArchiveReport, FileReport, ImportReport};

/// What a person asks for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Zips, folders and files.
    pub paths: Vec<PathBuf>,
    /// Whose listening it is.
    pub account: Option<String>,
    /// Import even if it looks like someone else's, or is another account's already.
    pub yes: bool,
}

/// Imports archives, one after the other.
///
/// # Errors
/// A [`Stop`] where the person must act first, and nothing could be imported. When it concerns
/// one archive of several, the others are imported and the summary holds it.
pub fn import(context: &JobContext, request: &Request) -> anyhow::Result<Summary> {
    if request.paths.is_empty() {
        return Err(Stop::Usage("say what to import: a zip, a folder or a file".into()).into());
    }
    let (mut archives, mut failures) = (Vec::new(), Vec::new());
    for path in &request.paths {
        match archive::open(path, &context.settings.import) {
            Ok(found) => archives.extend(found),
            Err(error) => failures.push(error),
        }
    }
    if archives.is_empty() {
        return Err(none_imported(failures));
    }
    let (account, note) = account::choose(context, request.account.as_deref())?;
    let session = Session::begin(context, account)?;
    recover::replay_what_is_missing(&session)?;
    let mut report = ImportReport::new(&context.run_id, &session.account.name);
    report.warnings.extend(note);
    for archive in &archives {
        match import_archive(&session, archive, request.yes) {
            Ok(one) => report.archives.push(one),
            Err(error) => failures.push(error.context(format!("importing {}", archive.name))),
        }
    }
    if report.archives.is_empty() {
        return Err(none_imported(failures));
    }
    report.refused.extend(failures.iter().map(|error| format!("{error:#}")));
    context.state()?.record_run(
        &context.run_id,
        "ingest import",
        Some(&session.account.account_id),
        if report.is_partial() { "partial" } else { "ok" },
        session.now(),
        &json!(report),
    )?;
    Ok(report.into_summary(failures))
}

/// The most pressing reason; the others are logged.
fn none_imported(mut failures: Vec<anyhow::Error>) -> anyhow::Error {
    let decisive = failures.swap_remove(Stop::most_pressing(&failures).unwrap_or_default());
    failures.iter().for_each(|other| tracing::error!("{other:#}"));
    decisive
}

fn import_archive(session: &Session<'_>, archive: &Archive, yes: bool) -> anyhow::Result<ArchiveReport> {
    let buckets = Buckets::new(session.work_folder())?;
    let imported = keep_and_store(session, archive, &buckets, yes);
    if imported.is_err() {
        recover::take_back(session)?;
    }
    imported
}

fn keep_and_store(
    session: &Session<'_>,
    archive: &Archive,
    buckets: &Buckets,
    yes: bool,
) -> anyhow::Result<ArchiveReport> {
    let mut receipt = Receipt {
        receipt_id: session.raw.free_receipt_id(Job::Import, &session.context.run_id),
        job: Job::Import,
        run_id: session.context.run_id.clone(),
        number: 0,
        account_id: session.account_id().to_owned(),
        received_at_ms: session.now().timestamp_millis(),
        origin: archive.name.clone(),
        items: Vec::new(),
        is_loose: archive.is_loose(),
        span: None,
    };
    let receipt_id = receipt.receipt_id.clone();
    let mut results = files::read(session, archive, buckets, &receipt_id, receipt.received_at_ms)?;
    let origins = files::origins(&mut results, &receipt);
    let bar = progress::count_bar(buckets.shelves().len() as u64, "sorting into months");
    let settled = settle_months(session, buckets, &[origins], Against::KnownOfOnePerson, &receipt_id, || bar.inc(1))?;
    bar.finish_and_clear();
    if !yes {
        ask_whose_it_is(session, archive, buckets, &results, &settled)?;
    }
    receipt.number = session.number_receipt()?;
    receipt.items = results.iter().filter(|result| result.counts()).map(|result| result.item.clone()).collect();
    let report = ArchiveReport::new(archive, &results, &settled);
    session.raw.write_receipt(&receipt, State::Pending)?;
    let harvests: Vec<_> = results.into_iter().filter(FileResult::counts).map(|result| result.harvest).collect();
    rebuild::conclude(session, &receipt, &harvests, settled)?;
    Ok(report)
}

/// # Errors
/// A [`Stop::NeedsPerson`] when it may be somebody else's, and nobody says that it is not.
fn ask_whose_it_is(
    session: &Session<'_>,
    archive: &Archive,
    buckets: &Buckets,
    results: &[FileResult],
    settled: &Settlement,
) -> anyhow::Result<()> {
    let account = &session.account.name;
    match elsewhere::told_for(session, buckets, results, settled)? {
        Some(other) => question::is_it_also_theirs(account, archive, &other),
        None if settled.overlap.is_suspicious() => question::is_it_theirs(account, archive, settled.overlap),
        None => Ok(()),
    }
}
