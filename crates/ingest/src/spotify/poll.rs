//! One poll of one account.
//!
//! The receipt is written first, then the body as a synced `.partial` file; only then is the
//! body read. If it brought something new, it is renamed into place before anything is
//! written to `src/`; if not, body and receipt go. A program killed in between leaves a
//! pending receipt, and the next start finishes the poll from the body on disk.

use clients::{Answer, ClientError, Spotify};
use lake::play::{Source, UnixMs};
use lake::raw::{Item, Job, RawStore, Receipt, State};

use super::token::access_token;
use super::{decided, page};
use crate::buckets::Buckets;
use crate::harvest::{self, Stand};
use crate::months::{Against, settle_months};
use crate::rebuild;
use crate::session::Session;
use crate::settle::Tally;

/// What one poll brought.
pub(super) struct Outcome {
    /// Plays in the list.
    pub rows: u64,
    /// What became of them.
    pub tally: Tally,
    /// Plays that could not be read.
    pub rejected: u64,
}

impl Outcome {
    /// The very same list as an earlier one: everything in it is known, told, or was no list.
    fn known(body: &[u8], received_at: UnixMs) -> Self {
        let known = page::parse(body, received_at).map_or(0, |page| page.rows.len() as u64);
        Self { rows: known, tally: Tally { known, ..Tally::default() }, rejected: 0 }
    }
}

/// The newest 50 plays. A fresh access token may be refused now and then; another one is
/// fetched once.
async fn newest(session: &Session<'_>, client: &Spotify) -> anyhow::Result<Answer> {
    let first = client.recently_played(&access_token(session, client).await?).await;
    let answer = match first {
        Err(ClientError::Unauthorized { .. }) => client.recently_played(&access_token(session, client).await?).await,
        decided => decided,
    };
    answer.map_err(|error| decided(session.context, error))
}

pub(super) async fn poll(session: &Session<'_>, client: &Spotify) -> anyhow::Result<Outcome> {
    let answer = newest(session, client).await?;
    let raw_id = RawStore::raw_id_of(&answer.body);
    let received_at = session.now().timestamp_millis();
    let receipt = Receipt {
        receipt_id: session.raw.free_receipt_id(Job::Poll, &session.context.run_id),
        job: Job::Poll,
        run_id: session.context.run_id.clone(),
        account_id: session.account_id().to_owned(),
        received_at_ms: received_at,
        origin: Source::SpotifyApi.as_str().to_owned(),
        items: vec![Item {
            raw_id: raw_id.clone(),
            source: Source::SpotifyApi,
            name: answer.url.to_string(),
            status: Some(answer.status),
            original_sha256: None,
            bytes: answer.body.len() as u64,
        }],
    };
    if session.raw.has_body(Source::SpotifyApi, &raw_id) {
        return Ok(Outcome::known(&answer.body, received_at));
    }
    session.raw.write_receipt(&receipt, State::Pending)?;
    let held = session.raw.hold_body(Source::SpotifyApi, &answer.body)?;

    let buckets = Buckets::new(session.work_folder())?;
    let mut rows = buckets.writer();
    let stand = Stand { receipt: 0, item: 0, source: Source::SpotifyApi, received_at };
    let harvest = harvest::api_page(&answer.body, stand, &receipt.items[0].name, &mut rows, &|_| true)?;
    rows.finish()?;
    let receipts = std::slice::from_ref(&receipt);
    let origins = harvest::origins(receipts);
    let settled = settle_months(session, &buckets, &origins, Against::Known, &receipt.receipt_id, || ())?;
    let outcome = Outcome { rows: harvest.rows, tally: settled.total(), rejected: harvest.rejected.values().sum() };
    let harvests = std::slice::from_ref(&harvest);
    if !rebuild::has_news(session, &receipt, harvests, &settled)? {
        held.discard()?;
        session.raw.delete_receipt(&receipt, State::Pending)?;
        return Ok(outcome);
    }
    held.keep()?;
    rebuild::conclude(session, &receipt, harvests, settled)?;
    Ok(outcome)
}
