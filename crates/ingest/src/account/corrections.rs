//! Corrections name accounts and plays. When an account goes, the lines that name it go, or name
//! the other one.

use lake::identity::Id;
use platform::corrections::{PLAYS, SHEETS};
use platform::sheet::{Change, Changed, Line, Sheet};
use platform::state::Account;
use platform::{DataDir, Stop};

/// Takes every line away that names `account`, by name or id; with `into` the line names that one
/// instead. Everything else stays as a person wrote it, lines that make no sense as well.
///
/// # Errors
/// When a file cannot be read as text, or not be written.
pub(super) fn rename(data: &DataDir, account: &Account, into: Option<&str>) -> anyhow::Result<Changed> {
    let mut all = Changed::default();
    for sheet in SHEETS {
        let changed = sheet.change_each(data, |line| {
            let naming: Vec<_> = columns_naming(account, sheet, line).collect();
            match into {
                _ if naming.is_empty() => Change::Keep,
                Some(into) => Change::Set(naming.into_iter().map(|column| (column, into.to_owned())).collect()),
                None => Change::Drop,
            }
        })?;
        all.lines += changed.lines;
        all.not_understood.extend(changed.not_understood);
    }
    Ok(all)
}

/// How many lines name `account`.
///
/// # Errors
/// A [`Stop::Usage`] when a line makes no sense.
pub(super) fn naming(data: &DataDir, account: &Account) -> anyhow::Result<usize> {
    let mut naming = 0;
    for sheet in SHEETS {
        let is_naming = |line: &&Line| columns_naming(account, sheet, line).next().is_some();
        naming += sheet.read(data)?.iter().filter(is_naming).count();
    }
    Ok(naming)
}

/// The columns of a line that name `account`, by name or id.
fn columns_naming<'l>(
    account: &'l Account,
    sheet: &Sheet,
    line: &'l Line,
) -> impl Iterator<Item = &'static str> + use<'l> {
    let is_it = |said: &str| said.to_lowercase() == account.name.to_lowercase() || said == account.account_id.as_str();
    sheet.accounts.iter().copied().filter(move |column| line.get(column).is_some_and(is_it))
}

/// Refuses while a line makes no sense: it may name the account, or one of its plays.
///
/// # Errors
/// A [`Stop::Usage`] that names the lines.
pub(super) fn are_understood(data: &DataDir) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for sheet in SHEETS {
        wrong.extend(sheet.not_understood(data)?);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let text = "these corrections make no sense, so nobody knows whom they name: mend them first";
    Err(Stop::Usage(format!("{text}\n  {}", wrong.join("\n  "))).into())
}

/// The corrections that name one play each: the play and the line.
///
/// # Errors
/// A [`Stop::Usage`] when a line makes no sense.
pub(super) fn of_single_plays(data: &DataDir) -> anyhow::Result<Vec<(Id, Line)>> {
    let lines = PLAYS.read(data)?.into_iter();
    Ok(lines.filter_map(|line| Some((line.get("play").and_then(Id::parse)?, line))).collect())
}
