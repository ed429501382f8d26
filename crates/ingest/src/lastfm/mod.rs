//! `ingest lastfm`: the scrobbles of each connected user.

pub mod page;
mod walk;

use clients::Lastfm;
use platform::{JobContext, Summary};

use crate::fetch::{self, LASTFM};
use crate::recover;

/// Fetches what is new for the wanted account, or for every one that is connected; the whole
/// history the first time, with `all`, and when the service turns out to hold more than it
/// should: programs may add listens from long ago.
///
/// # Errors
/// When nothing could be fetched for any account.
pub fn fetch(context: &JobContext, wanted: Option<&str>, all: bool) -> anyhow::Result<Summary> {
    let accounts = fetch::accounts(context, LASTFM, wanted)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = Lastfm::open(context).map_err(|error| fetch::decided(context, LASTFM, error))?;
    fetch::for_each(context, LASTFM, accounts, wanted, |session| {
        recover::replay_what_is_missing(session)?;
        let user = fetch::user_name(session, LASTFM)?;
        runtime.block_on(walk::walk(session, &client, &user, all))
    })
}
