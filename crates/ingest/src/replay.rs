//! `ingest replay`: typed Parquet made anew from the raw bodies, without the network.

use std::io;

use anyhow::Context;
use lake::compact;
use lake::schema::TABLES;
use platform::state::{Account, AccountId};
use platform::{JobContext, Summary};

use crate::gaps;
use crate::rebuild::{self, Rebuilt};
use crate::session::Session;

/// Rebuilds `src/` for the wanted account, or for every account that has raw files.
///
/// # Errors
/// When a body is missing or damaged; that account's tables then stay as they are.
pub fn replay(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let state = context.state()?;
    let accounts = match wanted {
        Some(_) => state.chosen_account(wanted)?.into_iter().collect(),
        None => accounts_with_raw_files(context)?,
    };
    let mut total = Rebuilt::default();
    for account in accounts {
        let session = Session::begin(context, account)?;
        let one = rebuild::everything(&session, &session.part_name("replay"))?;
        gaps::settle(&session)?;
        total.bodies += one.bodies;
        total.rows += one.rows;
        total.observations += one.observations;
        total.rejected += one.rejected;
    }
    let text = format!(
        "Read {} raw files again: {} rows gave {} observations, {} rows could not be read.",
        total.bodies, total.rows, total.observations, total.rejected
    );
    Ok(Summary::text(text)
        .count("bodies", total.bodies)
        .count("rows", total.rows)
        .count("observations", total.observations)
        .count("rejected", total.rejected))
}

/// Raw files outlive the state database: an account that only they know keeps its id.
fn accounts_with_raw_files(context: &JobContext) -> anyhow::Result<Vec<Account>> {
    let known = context.state()?.accounts()?;
    let folder = context.data.raw();
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.with_context(|| format!("listing {}", folder.display()))?,
    };
    let mut accounts = Vec::new();
    for entry in entries {
        let entry = entry?;
        let id = entry.file_name().to_string_lossy().into_owned();
        if !AccountId::is_one(&id) || !entry.file_type()?.is_dir() {
            continue;
        }
        let account = known.iter().find(|account| account.account_id.as_str() == id).cloned();
        accounts.push(account.unwrap_or_else(|| Account {
            account_id: AccountId::stored(&*id),
            name: id.clone(),
            counting_rule: platform::state::CountingRule::default(),
            created_at: context.clock.now(),
        }));
    }
    accounts.sort_by(|left, right| left.account_id.cmp(&right.account_id));
    Ok(accounts)
}

/// `ingest compact`: merges small parts, one account and one table after the other.
///
/// # Errors
/// A [`platform::Stop::Later`] when another job holds an account; when a part is missing or
/// damaged. Nothing is then lost.
pub fn compact(context: &JobContext) -> anyhow::Result<Summary> {
    let (mut total, mut swept) = (compact::Compacted::default(), 0);
    for account in accounts_with_raw_files(context)? {
        let session = Session::begin(context, account)?;
        for table in TABLES {
            let name = session.part_name("compact");
            let one = compact::compact(&context.data, table, session.account_id(), &name, session.now())?;
            total.partitions += one.partitions;
            total.parts += one.parts;
        }
    }
    for table in TABLES {
        swept += compact::sweep(&context.data, table, context.clock.now())?;
    }
    let text = format!(
        "Merged {} small files into {}, deleted {} that nothing uses any more.",
        total.parts, total.partitions, swept
    );
    Ok(Summary::text(text).count("parts", total.parts).count("partitions", total.partitions).count("swept", swept))
}
