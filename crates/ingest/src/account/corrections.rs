//! Corrections name accounts. When one goes, the lines that name it go, or name the other.

use std::fs;
use std::path::Path;

use anyhow::Context;
use platform::files::FileLock;
use platform::state::Account;
use platform::{DataDir, files};

/// The columns in which an account stands.
const COLUMNS: [&str; 2] = ["account", "to_account"];

/// Takes every line away that names `account`, by name or id; with `into` the line names that one
/// instead. How many lines that were. Everything else stays as a person wrote it.
///
/// # Errors
/// When a file cannot be read as CSV, or not be written.
pub(super) fn rename(data: &DataDir, account: &Account, into: Option<&str>) -> anyhow::Result<usize> {
    let mut changed = 0;
    let _lock = FileLock::wait(&data.lock("corrections"))?;
    let Ok(entries) = fs::read_dir(data.corrections()) else { return Ok(0) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            changed += rename_in(&path, account, into).with_context(|| format!("changing {}", path.display()))?;
        }
    }
    Ok(changed)
}

/// The plays that corrections name one by one.
///
/// # Errors
/// When a file cannot be read as CSV.
pub(super) fn plays(data: &DataDir) -> anyhow::Result<Vec<String>> {
    let path = data.corrections().join("plays.csv");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_path(&path)?;
    let column = reader.headers()?.iter().position(|name| name.trim() == "play");
    let mut plays = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("reading {}", path.display()))?;
        plays.extend(column.and_then(|place| record.get(place)).map(|play| play.trim().to_owned()));
    }
    plays.retain(|play| !play.is_empty());
    Ok(plays)
}

fn rename_in(path: &Path, account: &Account, into: Option<&str>) -> anyhow::Result<usize> {
    let text = fs::read_to_string(path)?;
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let columns: Vec<usize> = (0..headers.len())
        .filter(|place| headers.get(*place).is_some_and(|name| COLUMNS.contains(&name.trim())))
        .collect();
    // From behind, so that the places before stay what they are.
    let mut records = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let start = usize::try_from(record.position().map_or(0, |position| position.byte()))?;
        let end = usize::try_from(reader.position().byte())?;
        // Comments in front of a line are counted to it.
        let comments = text[start..end].split_inclusive('\n').take_while(|line| line.starts_with('#'));
        records.push((start + comments.map(str::len).sum::<usize>(), end, record.clone()));
    }
    let (mut new, mut changed) = (text.clone(), 0);
    for (start, end, record) in records.into_iter().rev() {
        let is_it =
            |said: &str| said.to_lowercase() == account.name.to_lowercase() || said == account.account_id.as_str();
        let names_it = |place: &usize| record.get(*place).is_some_and(|said| is_it(said.trim()));
        if !columns.iter().any(names_it) {
            continue;
        }
        let line = into.map(|into| {
            let fields = (0..record.len()).map(|place| match record.get(place) {
                Some(_) if columns.contains(&place) && names_it(&place) => into,
                said => said.unwrap_or_default(),
            });
            written(fields)
        });
        new.replace_range(start..end, &line.transpose()?.unwrap_or_default());
        changed += 1;
    }
    if changed > 0 {
        files::write_whole(path, new.as_bytes())?;
    }
    Ok(changed)
}

fn written<'f>(fields: impl Iterator<Item = &'f str>) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

#[cfg(test)]
mod tests {
    use platform::state::AccountId;

    use super::*;

    const FILE: &str = "# mine\nid,action,account,to_account,reason\n1,exclude,ann,,\"a \"\"b\"\"\"\n# his\n2,reassign,ann,bob,x\n3,exclude,,,all\n";

    #[track_caller]
    fn check(name: &str, into: Option<&str>, changed: usize, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path(), None);
        let path = data.corrections().join("plays.csv");
        files::write_whole(&path, FILE.as_bytes()).unwrap();
        let account = Account {
            account_id: AccountId::stored("0123456789abcdef0123456789abcdef"),
            name: name.to_owned(),
            counting_rule: platform::state::CountingRule::default(),
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        assert_eq!(rename(&data, &account, into).unwrap(), changed);
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }

    #[test]
    fn lines_of_others_stay_as_they_were_written() {
        check("nobody", None, 0, FILE);
        check("Bob", None, 1, &FILE.replace("2,reassign,ann,bob,x\n", ""));
        check("bob", Some("cleo"), 1, &FILE.replace(",bob,", ",cleo,"));
        check("ann", Some("me"), 2, &FILE.replace("ann", "me"));
    }
}
