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
pub(crate) use account::{choose as choose_account, make_first as make_first_account};
use files::FileResult;
pub use list::{ImportRun, ImportState, list, told};
use question::Doubt;
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
            Ok(found) => {
                archives.extend(found.archives);
                failures.extend(found.unread.into_iter().map(|why| Stop::Usage(why).into()));
            }
            Err(error) => failures.push(error),
        }
    }
    if archives.is_empty() {
        return Err(none_imported(failures));
    }
    let (account, note) = account::choose(context, request.account.as_deref())?;
    let mut session = Session::begin(context, account)?;
    recover::replay_what_is_missing(&session)?;
    let mut report = ImportReport::new(&context.run_id, &session.account.name);
    report.warnings.extend(note);
    for archive in &archives {
        let imported;
        (session, imported) = import_asking(session, archive, request.yes)?;
        match imported {
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

/// What became of an archive.
enum Imported {
    /// It is stored.
    Stored(ArchiveReport),
    /// Nothing of it is: a person must say first whose it is.
    Doubted(Doubt),
}

/// Imports an archive, and asks what has to be asked. The account is free while a person thinks:
/// polls go on, or Spotify's list would roll over. So with the answer everything is read anew.
///
/// # Errors
/// When the account cannot be had again. What was wrong with the archive is told beside the session.
fn import_asking<'c>(
    mut session: Session<'c>,
    archive: &Archive,
    yes: bool,
) -> anyhow::Result<(Session<'c>, anyhow::Result<ArchiveReport>)> {
    let mut settled: Vec<Doubt> = Vec::new();
    loop {
        let is_open = |doubt: &Doubt| !settled.iter().any(|one| one.is_like(doubt));
        let doubt = match import_archive(&session, archive, yes, is_open) {
            Ok(Imported::Doubted(doubt)) => doubt,
            Ok(Imported::Stored(report)) => return Ok((session, Ok(report))),
            Err(error) => return Ok((session, Err(error))),
        };
        let (context, account) = (session.context, session.account.clone());
        drop(session);
        let answer = doubt.ask(&account.name, archive);
        session = Session::begin_after_question(context, &account)?;
        recover::replay_what_is_missing(&session)?;
        match answer {
            Ok(()) => settled.push(doubt),
            Err(error) => return Ok((session, Err(error))),
        }
    }
}

fn import_archive(
    session: &Session<'_>,
    archive: &Archive,
    yes: bool,
    is_open: impl Fn(&Doubt) -> bool,
) -> anyhow::Result<Imported> {
    let buckets = Buckets::new(session.work_folder())?;
    let imported = keep_and_store(session, archive, &buckets, yes, is_open);
    if !matches!(imported, Ok(Imported::Stored(_))) {
        recover::take_back(session)?;
    }
    imported
}

fn keep_and_store(
    session: &Session<'_>,
    archive: &Archive,
    buckets: &Buckets,
    yes: bool,
    is_open: impl Fn(&Doubt) -> bool,
) -> anyhow::Result<Imported> {
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
    if !yes && let Some(doubt) = doubt(session, buckets, &results, &settled)?.filter(is_open) {
        settled.discard(session.data())?;
        return Ok(Imported::Doubted(doubt));
    }
    receipt.number = session.number_receipt()?;
    receipt.items = results.iter().filter(|result| result.counts()).map(|result| result.item.clone()).collect();
    let report = ArchiveReport::new(archive, &results, &settled);
    session.raw.write_receipt(&receipt, State::Pending)?;
    let harvests: Vec<_> = results.into_iter().filter(FileResult::counts).map(|result| result.harvest).collect();
    rebuild::conclude(session, &receipt, &harvests, settled)?;
    Ok(Imported::Stored(report))
}

/// Why an archive may be somebody else's.
fn doubt(
    session: &Session<'_>,
    buckets: &Buckets,
    results: &[FileResult],
    settled: &Settlement,
) -> anyhow::Result<Option<Doubt>> {
    let other = elsewhere::told_for(session, buckets, results, settled)?.map(Doubt::AlsoTheirs);
    Ok(other.or_else(|| settled.overlap.is_suspicious().then_some(Doubt::Strangers(settled.overlap))))
}
