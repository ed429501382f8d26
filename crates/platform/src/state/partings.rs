//! Accounts that become one, and accounts that are no more.

use rusqlite::params;

use super::{Account, AccountId, StateDb};
use crate::{Sealer, Stop};

/// The tables that know an account, apart from `accounts` itself, and the column that names it.
const TABLES: &[(&str, &str)] = &[
    ("identities", "account_id"),
    ("zones", "account_id"),
    ("tokens", "account_id"),
    ("job_runs", "account_id"),
    ("connections", "account_id"),
    ("cursors", "account_id"),
    // Where a login was begun for an account, this is its id.
    ("logins", "account_name"),
    ("gap_stretches", "account_id"),
    ("gaps", "account_id"),
];

impl StateDb {
    /// Whether `from` and `into` may be one person.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when a service knows them as two.
    pub fn may_merge(&self, from: &Account, into: &Account) -> anyhow::Result<()> {
        let mut query = self.connection.prepare(
            "select one.service, one.external_id, other.external_id
             from identities as one join identities as other using (service)
             where one.account_id = ?1 and other.account_id = ?2",
        )?;
        let mut rows = query.query(params![from.account_id.as_str(), into.account_id.as_str()])?;
        if let Some(row) = rows.next()? {
            let (service, one, other): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            return Err(Stop::Usage(format!(
                "{:?} is {one:?} at {service} and {:?} is {other:?}: these are two persons. If they are not, one of \
                 the two logins is wrong: `music-tracker account disconnect SERVICE --account NAME --erase` takes it back",
                from.name, into.name
            ))
            .into());
        }
        Ok(())
    }

    /// Gives `into` what `from` has and it lacks: identities, connections, logins (begun ones, too), gaps,
    /// runs.
    /// Cursors are not moved: what they say was fetched is fetched once more.
    ///
    /// # Errors
    /// Database errors; when a login cannot be opened.
    pub fn merge_accounts(&mut self, from: &Account, into: &Account, sealer: &Sealer) -> anyhow::Result<()> {
        let services: Vec<String> = {
            let mut query = self.connection.prepare("select service from tokens where account_id = ?1")?;
            let rows = query.query_map([from.account_id.as_str()], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for service in services {
            // A token is sealed for one account, so it is sealed anew for the other.
            if !self.has_login(&service, &into.account_id)?
                && let Some(login) = self.login(&service, &from.account_id, sealer)?
            {
                self.store_login(&service, &into.account_id, &login, sealer)?;
            }
        }
        self.write(|transaction| {
            let logins = ("logins", "account_name");
            let others = ["identities", "connections", "gaps", "job_runs"].map(|table| (table, "account_id"));
            for (table, column) in others.into_iter().chain([logins]) {
                let update = format!("update or ignore {table} set {column} = ?2 where {column} = ?1");
                transaction.execute(&update, params![from.account_id.as_str(), into.account_id.as_str()])?;
            }
            Ok(())
        })
    }

    /// Forgets an account and all that is known of it, and leaves no trace of it in the file.
    ///
    /// # Errors
    /// Database errors.
    pub fn remove_account(&mut self, account_id: &AccountId) -> anyhow::Result<()> {
        self.write(|transaction| {
            for (table, column) in TABLES {
                transaction.execute(&format!("delete from {table} where {column} = ?1"), [account_id.as_str()])?;
            }
            transaction.execute("delete from accounts where account_id = ?1", [account_id.as_str()])?;
            Ok(())
        })?;
        self.connection.execute_batch("vacuum; pragma wal_checkpoint(truncate)")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::*;

    /// The columns of every table, each with its type.
    fn tables(state: &StateDb) -> Vec<(String, Vec<(String, String)>)> {
        let texts = |sql: &str| -> Vec<(String, String)> {
            let mut query = state.connection.prepare(sql).unwrap();
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        let names = texts("select name, type from sqlite_master where type = 'table' and name not like 'sqlite_%'");
        let columns = |name: &str| texts(&format!("select name, type from pragma_table_info('{name}')"));
        names.into_iter().map(|(name, _)| (name.clone(), columns(&name))).collect()
    }

    fn holds(path: &Path, text: &str) -> bool {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn nothing_of_a_removed_account_stays_in_any_table() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("tracker.db");
        let mut state = StateDb::open(&path).unwrap();
        let account = AccountId::stored("the-account-that-goes");
        let tables = tables(&state);
        let names_an_account =
            |columns: &[(String, String)]| columns.iter().any(|(name, _)| name.starts_with("account"));
        let mut filled: Vec<_> = tables.into_iter().filter(|(_, columns)| names_an_account(columns)).collect();
        // The others refer to it.
        filled.sort_by_key(|(name, _)| name != "accounts");
        assert!(filled.len() >= 10, "{filled:?}");
        for (table, columns) in &filled {
            let value = |(name, kind): &(String, String)| match name.as_str() {
                "counting_rule" => "'any'".to_owned(),
                "account_id" | "account_name" => format!("'{account}'"),
                _ if kind == "INTEGER" => "1".to_owned(),
                _ => format!("'{name} of {account}'"),
            };
            let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
            state.connection.execute(&format!("insert into {table} values ({values})"), []).unwrap();
        }
        assert!(holds(&path, account.as_str()) || holds(&folder.path().join("tracker.db-wal"), account.as_str()));
        state.remove_account(&account).unwrap();
        for (table, _) in &filled {
            let left: i64 =
                state.connection.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
            assert_eq!(left, 0, "{table}");
        }
        drop(state);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            assert!(!holds(&path, account.as_str()), "{}", path.display());
        }
    }
}
