//! Work on one account: alone, and on top of what a killed program left in order.
//!
//! Two locks say who may do what. The account's own belongs to whoever changes the history at the
//! moment. The one of its walks belongs to a walk through a long history, which takes hours and
//! must not keep polls away: it gives the account back while it waits for the next page, and keeps
//! the other lock, which everything but a poll shares. So a poll comes in between two pages, and a
//! person's import or removal never does.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, Utc};
use lake::raw::RawStore;
use platform::files::{FileLock, remove_if_there};
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
    /// Not there while a walk waits for an answer.
    lock: Mutex<Option<FileLock>>,
    /// Not there for a poll.
    _of_walks: Option<FileLock>,
}

impl<'c> Session<'c> {
    /// Waits for nobody: another job on the same account means "later". What a killed job
    /// left is finished or taken back first.
    ///
    /// # Errors
    /// A [`Stop::Later`] when another job holds the account; errors of the recovery.
    pub fn begin(context: &'c JobContext, account: Account) -> anyhow::Result<Self> {
        let no_walk = FileLock::try_share(&lock_of_walks(context, &account)).context(TAKING)?;
        let no_walk = no_walk.ok_or_else(|| busy(&account))?;
        let lock = FileLock::try_take(&lock_of(context, &account)).context(TAKING)?.ok_or_else(|| busy(&account))?;
        let session = Self::with(context, account, lock, Some(no_walk))?;
        recover::sweep_replaced(&session);
        Ok(session)
    }

    /// The same for a walk through a long history, beside which polls go on: see [`Self::apart`]. `None`
    /// when the account was removed since it was listed: a run that works on several takes its time.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(crate) fn begin_walk(context: &'c JobContext, account: Account) -> anyhow::Result<Option<Self>> {
        let walk = FileLock::try_take(&lock_of_walks(context, &account)).context(TAKING)?;
        let walk = walk.ok_or_else(|| busy(&account))?;
        // Only a poll can have it.
        let lock = FileLock::wait(&lock_of(context, &account)).context(TAKING)?;
        Self::with_listed(context, account, lock, Some(walk))
    }

    /// The same for a poll, which waits for the page that a walk is storing and for nothing longer.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(crate) fn begin_poll(context: &'c JobContext, account: Account) -> anyhow::Result<Option<Self>> {
        let path = lock_of(context, &account);
        let lock = match FileLock::try_take(&path).context(TAKING)? {
            Some(lock) => lock,
            None if FileLock::try_share(&lock_of_walks(context, &account)).context(TAKING)?.is_none() => {
                FileLock::wait(&path).context(TAKING)?
            }
            None => return Err(busy(&account).into()),
        };
        Self::with_listed(context, account, lock, None)
    }

    /// The same for a person who has just answered a question. Nobody holds an account while a
    /// person thinks, since polls must go on; so everything may be another now, and the account
    /// itself may be gone. Whoever works on it at the moment is waited for, but for a walk, which may
    /// take hours.
    ///
    /// # Errors
    /// A [`Stop::Later`] during a walk; a [`Stop::Usage`] when there is no such account any more; errors of
    /// the recovery.
    pub(crate) fn begin_after_question(context: &'c JobContext, account: &Account) -> anyhow::Result<Self> {
        let (path, path_of_walks) = (lock_of(context, account), lock_of_walks(context, account));
        let no_walk = FileLock::try_share(&path_of_walks).context(TAKING)?.ok_or_else(|| busy(account))?;
        let lock = FileLock::wait(&path).context(TAKING)?;
        let Some(account) = context.state()?.account(account.account_id.as_str())? else {
            lock.remove(&path)?;
            no_walk.remove(&path_of_walks)?;
            return Err(gone(account));
        };
        Self::with(context, account, lock, Some(no_walk))
    }

    /// For what makes an end of an account, or of a source of it: as after a question when a person
    /// `was_asked`, else without waiting. The account is still there.
    ///
    /// # Errors
    /// As [`Session::begin`]; a [`Stop::Usage`] when there is no such account any more.
    pub(crate) fn begin_deciding(context: &'c JobContext, account: &Account, was_asked: bool) -> anyhow::Result<Self> {
        if was_asked {
            return Self::begin_after_question(context, account);
        }
        let session = Self::begin(context, account.clone())?;
        if context.state()?.account(session.account_id())?.is_none() {
            session.end_for_good()?;
            return Err(gone(account));
        }
        Ok(session)
    }

    /// Waits for something that needs no account, and lets a poll have it meanwhile. Nothing of
    /// what was read of the account before holds afterwards but what no poll changes.
    ///
    /// # Errors
    /// Errors of taking the account again, and of the recovery when the poll was killed.
    pub(crate) async fn apart<T>(&self, wait: impl Future<Output = T>) -> anyhow::Result<T> {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
        let outcome = wait.await;
        let lock = FileLock::wait(&lock_of(self.context, &self.account)).context(TAKING)?;
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(lock);
        recover::recover(self)?;
        Ok(outcome)
    }

    fn with(
        context: &'c JobContext,
        account: Account,
        lock: FileLock,
        of_walks: Option<FileLock>,
    ) -> anyhow::Result<Self> {
        let raw = RawStore::new(&context.data, account.account_id.as_str());
        let lock = Mutex::new(Some(lock));
        let mut session = Self { context, account, raw, ended_undos: Vec::new(), lock, _of_walks: of_walks };
        session.ended_undos = recover::recover(&session)?;
        Ok(session)
    }

    fn with_listed(
        context: &'c JobContext,
        account: Account,
        lock: FileLock,
        of_walks: Option<FileLock>,
    ) -> anyhow::Result<Option<Self>> {
        // As it is now: it may have got another name.
        match context.state()?.account(account.account_id.as_str())? {
            Some(account) => Self::with(context, account, lock, of_walks).map(Some),
            None => {
                remove_locks(context, &account)?;
                Ok(None)
            }
        }
    }

    /// Ends the work on an account that is no more: not even the names of its locks stay.
    ///
    /// # Errors
    /// Any I/O error.
    pub(crate) fn end_for_good(self) -> anyhow::Result<()> {
        remove_locks(self.context, &self.account)
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
    pub fn work_folder(&self) -> PathBuf {
        self.data().work(self.account_id())
    }
}

/// Whoever holds them takes their names away.
fn remove_locks(context: &JobContext, account: &Account) -> anyhow::Result<()> {
    for path in [lock_of_walks(context, account), lock_of(context, account)] {
        remove_if_there(&path).context("deleting the account's lock")?;
    }
    Ok(())
}

fn gone(account: &Account) -> anyhow::Error {
    Stop::Usage(format!("the account {:?} was removed in the meantime", account.name)).into()
}

fn busy(account: &Account) -> Stop {
    let reason = format!("another job is working on the account {:?}: try again when it is done", account.name);
    Stop::Later { reason, retry_at: None }
}

fn lock_of(context: &JobContext, account: &Account) -> PathBuf {
    context.data.lock(&format!("account-{}", account.account_id))
}

fn lock_of_walks(context: &JobContext, account: &Account) -> PathBuf {
    context.data.lock(&format!("walks-{}", account.account_id))
}
