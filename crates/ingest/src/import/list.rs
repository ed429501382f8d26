//! `ingest import --list`: what was imported, as the receipts tell it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use chrono::{DateTime, Utc};
use comfy_table::{CellAlignment, Table, presets};
use lake::anew;
use lake::manifest::Manifest;
use lake::parts;
use lake::raw::{Job, RawStore, Receipt, State};
use lake::schema::PLAYS;
use platform::state::Account;
use platform::{JobContext, Stop, Summary};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::report::{ImportReport, thousands};
use crate::account::shown;

/// Everything that one run imported for one account.
#[derive(Debug, Clone, Serialize)]
pub struct ImportRun {
    /// The run, for `--undo`.
    pub run_id: String,
    /// When it received the first archive.
    pub imported_at: DateTime<Utc>,
    /// Whose history it is.
    pub account: String,
    /// The names of its archives.
    pub archives: Vec<String>,
    /// Rows of the history that stand there because of it, and would go with it. `None` while the
    /// typed tables are not there to be counted.
    pub rows: Option<u64>,
    /// How it stands.
    pub state: ImportState,
}

/// How an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It is part of the history.
    Imported,
    /// It is under way, or was stopped on its way: the next job of the account ends it.
    Unfinished,
    /// It is being taken back, or that was stopped: the next job of the account ends it.
    Undoing,
    /// It was taken back.
    Undone,
}

/// Shows all imports of everybody, or of one account, the newest first.
///
/// # Errors
/// When a receipt or a table cannot be read.
pub fn list(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let state = context.state()?;
    let accounts = match wanted {
        Some(_) => state.chosen_account(wanted)?.into_iter().collect(),
        None => state.accounts()?,
    };
    let mut runs = Vec::new();
    for account in &accounts {
        runs.extend(of_account(context, account)?);
    }
    // Clocks may go back; within an account the receipts have numbers.
    runs.sort_by_key(|(number, run)| Reverse((run.imported_at, *number)));
    let runs: Vec<ImportRun> = runs.into_iter().map(|(_, run)| run).collect();
    Ok(Summary::text(for_people(&runs)).count("imports", json!(runs)))
}

/// Shows the reconciliation of one import again, as it was told then.
///
/// # Errors
/// A [`Stop::Usage`] when nothing is kept of such an import.
pub fn told(context: &JobContext, run_id: &str) -> anyhow::Result<Summary> {
    let reports = context.state()?.reports_of(run_id, "ingest import")?;
    let Some(report) = reports.first() else {
        let text =
            format!("nothing is kept of an import {run_id:?}: `music-tracker import --list` shows all there are");
        return Err(Stop::Usage(text).into());
    };
    let report = ImportReport::deserialize(report).with_context(|| format!("reading the report of {run_id}"))?;
    let mut receipts = Vec::new();
    for account in context.state()?.accounts()? {
        receipts.extend(RawStore::new(&context.data, account.account_id.as_str()).receipts_of(Job::Import)?);
    }
    receipts.retain(|(receipt, _)| receipt.run_id == run_id);
    let ending = match state(&receipts) {
        _ if receipts.is_empty() => String::new(),
        ImportState::Imported | ImportState::Unfinished => report.way_back(),
        ImportState::Undoing => format!("\nIt is being taken back. {UNDOING}"),
        ImportState::Undone => "\nIt was taken back.".to_owned(),
    };
    Ok(Summary::text(report.text() + &ending).count("import", json!(report)))
}

/// The imports of one account, each with the number of its first receipt.
fn of_account(context: &JobContext, account: &Account) -> anyhow::Result<Vec<(u64, ImportRun)>> {
    let raw = RawStore::new(&context.data, account.account_id.as_str());
    let mut by_run: BTreeMap<String, Vec<(Receipt, State)>> = BTreeMap::new();
    for (receipt, state) in raw.receipts_of(Job::Import)? {
        by_run.entry(receipt.run_id.clone()).or_default().push((receipt, state));
    }
    if by_run.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows_by_body(context, account)?;
    by_run.into_iter().map(|(run_id, receipts)| of_run(run_id, account, &receipts, rows.as_ref())).collect()
}

fn of_run(
    run_id: String,
    account: &Account,
    receipts: &[(Receipt, State)],
    rows: Option<&HashMap<(String, String), u64>>,
) -> anyhow::Result<(u64, ImportRun)> {
    let (first, _) = receipts.first().context("a run without receipts")?;
    let state = state(receipts);
    let mut bodies: Vec<&str> =
        receipts.iter().flat_map(|(receipt, _)| receipt.items.iter().map(|item| item.raw_id.as_str())).collect();
    bodies.sort_unstable();
    bodies.dedup();
    let count = |rows: &HashMap<(String, String), u64>| {
        bodies.iter().filter_map(|raw_id| rows.get(&(run_id.clone(), (*raw_id).to_owned()))).sum()
    };
    let run = ImportRun {
        imported_at: DateTime::from_timestamp_millis(first.received_at_ms).unwrap_or_default(),
        account: account.name.clone(),
        archives: receipts.iter().map(|(receipt, _)| receipt.origin.clone()).collect(),
        rows: if state == ImportState::Undone { Some(0) } else { rows.map(count) },
        state,
        run_id,
    };
    Ok((first.number, run))
}

/// How the import of these archives stands.
fn state(receipts: &[(Receipt, State)]) -> ImportState {
    let is_any = |wanted: State| receipts.iter().any(|(_, state)| *state == wanted);
    match () {
        () if is_any(State::Undoing) => ImportState::Undoing,
        () if is_any(State::Pending) => ImportState::Unfinished,
        () if is_any(State::Done) => ImportState::Imported,
        () => ImportState::Undone,
    }
}

/// How many rows stand in the typed tables, by their run and body.
fn rows_by_body(context: &JobContext, account: &Account) -> anyhow::Result<Option<HashMap<(String, String), u64>>> {
    let plays = Manifest::read(&context.data, &PLAYS)?;
    if plays.generation == 0 || anew::missing(&context.data)?.contains(account.account_id.as_str()) {
        return Ok(None);
    }
    let mut rows: HashMap<(String, String), u64> = HashMap::new();
    for part in plays.files.iter().filter(|part| part.partition.account_id == account.account_id.as_str()) {
        for (origin, count) in parts::origins(&context.data, part)? {
            *rows.entry(origin).or_default() += count;
        }
    }
    Ok(Some(rows))
}

fn for_people(runs: &[ImportRun]) -> String {
    if runs.is_empty() {
        return "nothing was imported yet: `music-tracker import ZIP` does it".to_owned();
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["run", "when", "account", "imported", "rows", ""]);
    for run in runs {
        table.add_row([
            run.run_id.clone(),
            shown(run.imported_at),
            run.account.clone(),
            run.archives.join(", "),
            run.rows.map_or_else(|| "?".to_owned(), thousands),
            match run.state {
                ImportState::Imported => String::new(),
                ImportState::Unfinished => "import not finished".to_owned(),
                ImportState::Undoing => "undo not finished".to_owned(),
                ImportState::Undone => "taken back".to_owned(),
            },
        ]);
    }
    if let Some(rows) = table.column_mut(4) {
        rows.set_cell_alignment(CellAlignment::Right);
    }
    let is_any = |wanted| runs.iter().any(|run| run.state == wanted);
    let mut text = format!(
        "{table}\n\nThe rows are those that stand in the history because of that import, and would go with it where \
         no other import holds them too."
    );
    if is_any(ImportState::Imported) {
        text += " To take one back: `music-tracker import --undo RUN`";
    }
    if is_any(ImportState::Unfinished) {
        text += "\nAn import that is not finished is under way, or was interrupted: the same import again ends it.";
    }
    if is_any(ImportState::Undoing) {
        text += &format!("\n{UNDOING}");
    }
    text
}

/// What an undo that is not finished means.
const UNDOING: &str = "An undo that is not finished is under way, or was interrupted: the same undo again ends it.";
