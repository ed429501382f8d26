//! Takes files away for good. Killed in between, the same command goes on: what is gone is
//! gone, and the rest is found again.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lake::manifest::{Manifest, Partition, part_path, table_folder};
use lake::raw::Job;
use lake::schema::{PLAYS, TABLES, Table};
use platform::files::FileLock;
use platform::{DataDir, JobContext, files};

use crate::fetch::Service;
use crate::rebuild;
use crate::session::Session;

/// Erases what came through one service's API: plays, gaps, and what its runs told of both. Imports of
/// the same source stay.
///
/// # Errors
/// Any I/O error.
pub(crate) fn erase_source(session: &Session<'_>, service: Service) -> anyhow::Result<u64> {
    let source = service.source;
    let imports = session.raw.living_receipts(Some(Job::Import))?;
    let imported: HashSet<String> =
        imports.into_iter().flat_map(|receipt| receipt.items).map(|item| item.raw_id).collect();
    let mine = |partition: &Partition| partition.account_id == session.account_id();
    let plays = Manifest::read(session.data(), &PLAYS)?;
    let before = plays.files.iter().filter(|part| mine(&part.partition)).map(|part| part.rows).sum::<u64>();
    for (receipt, state) in session.raw.receipts_of(Job::Poll)? {
        if receipt.items.iter().all(|item| item.source == source) {
            for item in receipt.items.iter().filter(|item| !imported.contains(&item.raw_id)) {
                session.raw.delete_body(item.source, &item.raw_id)?;
            }
            session.raw.delete_receipt(&receipt, state)?;
        }
    }
    // What an import says as well is said again by it.
    let rebuilt = rebuild::everything(session, &session.part_name("without"))?;
    for table in TABLES {
        sweep(session.data(), table, &Path::new(session.account_id()).join(source.as_str()))?;
    }
    let (mut state, account_id) = (session.context.state()?, &session.account.account_id);
    state.forget_gaps(account_id, source.as_str())?;
    state.forget_runs(account_id, &service.job())?;
    Ok(before.saturating_sub(rebuilt.observations))
}

/// Erases everything that was received about an account, and the typed tables made of it.
///
/// # Errors
/// Any I/O error.
pub(super) fn erase_account(context: &JobContext, account_id: &str) -> anyhow::Result<u64> {
    let data = &context.data;
    let rows = forget_rows(context, account_id)?;
    for table in TABLES {
        remove_folder(&table_folder(data, table).join(account_id))?;
    }
    remove_folder(&data.raw().join(account_id))?;
    remove_folder(&data.work(account_id))?;
    lake::anew::is_there(data, account_id)?;
    Ok(rows)
}

/// Takes away everything that was built and published; the next refresh makes it anew.
///
/// # Errors
/// Any I/O error.
pub(crate) fn forget_published(data: &DataDir) -> anyhow::Result<()> {
    // Whoever publishes now would publish the person once more.
    let _transform = FileLock::wait(&data.lock("transform"))?;
    // Older runs, free pages of the warehouse and rows that broke a test hold the person too.
    for folder in [data.processed(), data.reporting(), data.state().join("failed-tests")] {
        remove_folder(&folder)?;
    }
    let warehouse = data.warehouse();
    for ending in ["", ".wal", ".new", ".new.wal"] {
        let mut path = warehouse.clone().into_os_string();
        path.push(ending);
        files::remove_if_there(Path::new(&path))?;
    }
    Ok(())
}

/// Takes an account out of all tables. How many plays that were.
fn forget_rows(context: &JobContext, account_id: &str) -> anyhow::Result<u64> {
    let is_gone = |partition: &Partition| partition.account_id == account_id;
    let (data, mut rows) = (&context.data, 0);
    for table in TABLES {
        let manifest = Manifest::read(data, table)?;
        if table.name == "plays" {
            rows = manifest.files.iter().filter(|part| is_gone(&part.partition)).map(|part| part.rows).sum();
        }
        Manifest::replace(data, table, Vec::new(), false, context.clock.now(), is_gone)?;
    }
    Ok(rows)
}

/// Deletes the files of a table's subfolder that are no part of the table any more, at once.
fn sweep(data: &DataDir, table: &Table, subfolder: &Path) -> anyhow::Result<()> {
    let alive: HashSet<PathBuf> =
        Manifest::read(data, table)?.files.iter().map(|part| part_path(data, table, part)).collect();
    let months = fs::read_dir(table_folder(data, table).join(subfolder)).into_iter().flatten();
    for month in months {
        for file in fs::read_dir(month?.path())? {
            let path = file?.path();
            if !alive.contains(&path) {
                files::remove_if_there(&path)?;
            }
        }
    }
    Ok(())
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    files::remove_folder_if_there(folder).with_context(|| format!("deleting {}", folder.display()))
}
