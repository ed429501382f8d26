//! Accounts that become one, and accounts that are no more.

use rusqlite::params;

use super::{Account, AccountId, StateDb};
use crate::{Sealer, Stop};

/// The tables that know an account, apart from `accounts` itself.
const TABLES: &[&str] =
    &["identities", "zones", "tokens", "job_runs", "connections", "cursors", "gap_stretches", "gaps"];

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

    /// Gives `into` what `from` has and it lacks: identities, connections, logins, gaps, runs.
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
            for table in ["identities", "connections", "gaps", "job_runs"] {
                let update = format!("update or ignore {table} set account_id = ?2 where account_id = ?1");
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
            for table in TABLES {
                transaction.execute(&format!("delete from {table} where account_id = ?1"), [account_id.as_str()])?;
            }
            transaction.execute("delete from accounts where account_id = ?1", [account_id.as_str()])?;
            Ok(())
        })?;
        self.connection.execute_batch("vacuum; pragma wal_checkpoint(truncate)")?;
        Ok(())
    }
}
