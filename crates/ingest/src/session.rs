//! Work on one account: alone, and on top of what a killed program left in order.

use anyhow::Context;
use chrono::{DateTime, Utc};
use lake::raw::RawStore;
use platform::files::FileLock;
use platform::state::Account;
use platform::{DataDir, JobContext, Stop};

use crate::recover;
use crate::undo::Undone;

/// The step that an error is about.
const TAKING: &str = "taking the account's lock";

/// The right to change the history of one account, held until it is dropped.
pub struct Session<'c> {
    /// The job.
    pub context: &'c JobContext,
    /// Whose history.
    pub account: Account,
    /// Its raw files.
    pub raw: RawStore,
    /// The undos that were interrupted, and were ended at its beginning.
    pub(crate) ended_undos: Vec<Undone>,
    lock: FileLock,
}

impl<'c> Session<'c> {
    /// Waits for nobody: another job on the same account means "later". What a killed job
    /// left is finished or taken back first.
    ///
    /// # Errors
    /// A [`Stop::Later`] when another job holds the account; errors of the recovery.
    pub fn begin(context: &'c JobContext, account: Account) -> anyhow::Result<Self> {
        let lock = FileLock::try_take(&lock_of(context, &account)).context(TAKING)?.ok_or_else(|| Stop::Later {
            reason: format!("another job is working on the account {:?}: try again when it is done", account.name),
            retry_at: None,
        })?;
        Self::with(context, account, lock)
    }

    /// The same for a person who has just answered a question. Nobody holds an account while a
    /// person thinks, since polls must go on; so everything may be another now, and the account
    /// itself may be gone. Whoever works on it at the moment is waited for.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when there is no such account any more; errors of the recovery.
    pub(crate) fn begin_after_question(context: &'c JobContext, account: &Account) -> anyhow::Result<Self> {
        let path = lock_of(context, account);
        let lock = FileLock::wait(&path).context(TAKING)?;
        let Some(account) = context.state()?.account(account.account_id.as_str())? else {
            lock.remove(&path)?;
            return Err(Stop::Usage(format!("the account {:?} was removed in the meantime", account.name)).into());
        };
        Self::with(context, account, lock)
    }

    fn with(context: &'c JobContext, account: Account, lock: FileLock) -> anyhow::Result<Self> {
        let raw = RawStore::new(&context.data, account.account_id.as_str());
        let mut session = Self { context, account, raw, ended_undos: Vec::new(), lock };
        session.ended_undos = recover::recover(&session)?;
        Ok(session)
    }

    /// Ends the work on an account that is no more: not even the name of its lock stays.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn end_for_good(self) -> anyhow::Result<()> {
        self.lock.remove(&lock_of(self.context, &self.account)).context("deleting the account's lock")
    }

    /// The data folder.
    pub fn data(&self) -> &DataDir {
        &self.context.data
    }

    /// The account's id as text.
    pub fn account_id(&self) -> &str {
        self.account.account_id.as_str()
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.context.clock.now()
    }

    /// How many threads to use.
    pub fn threads(&self) -> usize {
        match self.context.settings.import.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }

    /// The number of the next receipt.
    ///
    /// # Errors
    /// Errors of the state database, and of reading the receipts when it is new.
    pub fn number_receipt(&self) -> anyhow::Result<u64> {
        let mut state = self.context.state()?;
        let floor = match state.receipts(&self.account.account_id)? {
            Some(number) => number,
            None => self.raw.receipts()?.iter().map(|(receipt, _)| receipt.number).max().unwrap_or_default(),
        };
        state.number_receipt(&self.account.account_id, floor)
    }

    /// A name for new parts that no other run uses, even one that was started under the same
    /// id.
    pub fn part_name(&self, job: &str) -> String {
        format!("{job}-{}", platform::new_run_id(self.now()))
    }

    /// Scratch space that only this session uses.
    pub fn work_folder(&self) -> std::path::PathBuf {
        self.data().work(self.account_id())
    }
}

fn lock_of(context: &JobContext, account: &Account) -> std::path::PathBuf {
    context.data.lock(&format!("account-{}", account.account_id))
}
