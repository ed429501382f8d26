//! `ingest listenbrainz`: the listens of each connected user.

pub mod page;
mod walk;

use clients::Listenbrainz;
use platform::{JobContext, Stop, Summary};

use crate::fetch::{self, LISTENBRAINZ};
use crate::recover;

/// Fetches what is new for the wanted account, or for every one that is connected; the whole
/// history the first time, and with `all`: programs may add listens from long ago.
///
/// # Errors
/// When nothing could be fetched for any account.
pub fn fetch(context: &JobContext, wanted: Option<&str>, all: bool) -> anyhow::Result<Summary> {
    let accounts = fetch::accounts(context, LISTENBRAINZ, wanted)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = Listenbrainz::open(context)?;
    fetch::for_each(context, LISTENBRAINZ, accounts, |session| {
        recover::replay_what_is_missing(session)?;
        if all {
            context.state()?.set_cursor(LISTENBRAINZ.name, &session.account.account_id, "complete", None)?;
        }
        let connection = context.state()?.connection(LISTENBRAINZ.name, &session.account.account_id)?;
        let user = connection.and_then(|one| one.user_name).ok_or_else(|| {
            Stop::NeedsPerson("say who it is with `music-tracker account connect listenbrainz --user NAME`".into())
        })?;
        runtime.block_on(walk::Walk::new(session, &client, &user).go())
    })
}
