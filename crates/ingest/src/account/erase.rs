//! Takes files away for good. Killed in between, the same command goes on: what is gone is
//! gone, and the rest is found again.

use std::fs;
use std::path::Path;

use anyhow::Context;
use lake::manifest::{Manifest, Partition, table_folder};
use lake::play::Source;
use lake::raw::Job;
use lake::schema::TABLES;
use platform::DataDir;

use crate::session::Session;

/// Erases what came through one source's API. Imports of the same source stay.
///
/// # Errors
/// Any I/O error.
pub(crate) fn erase_source(session: &Session<'_>, source: Source) -> anyhow::Result<u64> {
    let rows = forget_rows(session.data(), |partition| {
        partition.account_id == session.account_id() && partition.source == source.as_str()
    })?;
    let folder = |table: &Path| table.join(session.account_id()).join(source.as_str());
    for table in TABLES {
        remove_folder(&folder(&table_folder(session.data(), table)))?;
    }
    for (receipt, state) in session.raw.receipts_of(Job::Poll)? {
        if receipt.items.iter().all(|item| item.source == source) {
            for item in &receipt.items {
                session.raw.delete_body(item.source, &item.raw_id)?;
            }
            session.raw.delete_receipt(&receipt, state)?;
        }
    }
    Ok(rows)
}

/// Erases everything that was received about an account, and the typed tables made of it.
///
/// # Errors
/// Any I/O error.
pub(super) fn erase_account(data: &DataDir, account_id: &str) -> anyhow::Result<u64> {
    let rows = forget_rows(data, |partition| partition.account_id == account_id)?;
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
pub(super) fn forget_published(data: &DataDir) -> anyhow::Result<()> {
    // Older runs, free pages of the warehouse and rows that broke a test hold the person too.
    for folder in [data.processed(), data.reporting(), data.state().join("failed-tests")] {
        remove_folder(&folder)?;
    }
    let warehouse = data.warehouse();
    for ending in ["", ".wal", ".new", ".new.wal"] {
        let mut path = warehouse.clone().into_os_string();
        path.push(ending);
        platform::files::remove_if_there(Path::new(&path))?;
    }
    Ok(())
}

/// Takes partitions out of all tables. How many plays that were.
fn forget_rows(data: &DataDir, is_gone: impl Fn(&Partition) -> bool) -> anyhow::Result<u64> {
    let mut rows = 0;
    for table in TABLES {
        let manifest = Manifest::read(data, table)?;
        if table.name == "plays" {
            rows = manifest.files.iter().filter(|part| is_gone(&part.partition)).map(|part| part.rows).sum();
        }
        Manifest::replace(data, table, Vec::new(), false, &is_gone)?;
    }
    Ok(rows)
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("deleting {}", folder.display()))
        }
        _ => Ok(()),
    }
}
