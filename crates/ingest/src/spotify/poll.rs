//! One poll of one account.
//!
//! The receipt is written first, then the body as a synced `.partial` file; only then is the
//! body read. If it brought something new, it is renamed into place, and then its rows are
//! written to `src/`; if not, body and receipt go. A program killed in between leaves a
//! pending receipt, and the next start finishes the poll from the body on disk.

use clients::{Answer, ClientError, Spotify};
use lake::play::Source;
use lake::raw::{HeldBody, Item, Job, RawStore, Receipt, State};

use super::decided;
use super::token::access_token;
use crate::buckets::Buckets;
use crate::harvest::{self, Harvest, Stand};
use crate::months::{Against, Settlement, Write, settle_months};
use crate::session::Session;
use crate::settle::Tally;
use crate::{rebuild, recover};

/// What one poll brought.
pub(crate) struct Outcome {
    /// Plays in the list.
    pub rows: u64,
    /// What became of them.
    pub tally: Tally,
    /// Plays that could not be read.
    pub rejected: u64,
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
    recover::replay_what_is_missing(session)?;
    let answer = newest(session, client).await?;
    let raw_id = RawStore::raw_id_of(&answer.body);
    let receipt = Receipt {
        receipt_id: session.raw.free_receipt_id(Job::Poll, &session.context.run_id),
        job: Job::Poll,
        run_id: session.context.run_id.clone(),
        number: session.number_receipt()?,
        account_id: session.account_id().to_owned(),
        received_at_ms: session.now().timestamp_millis(),
        origin: Source::SpotifyApi.as_str().to_owned(),
        items: vec![Item {
            raw_id,
            source: Source::SpotifyApi,
            name: answer.url.to_string(),
            status: Some(answer.status),
            original_sha256: None,
            bytes: answer.body.len() as u64,
        }],
    };
    session.raw.write_receipt(&receipt, State::Pending)?;
    let held = session.raw.hold_body(Source::SpotifyApi, &answer.body)?;
    decide(session, &receipt, held, &answer.body)
}

/// Reads a body that is durable, and keeps it if it holds anything new.
///
/// # Errors
/// Any I/O error; the next start then decides.
pub(crate) fn decide(session: &Session<'_>, receipt: &Receipt, held: HeldBody, body: &[u8]) -> anyhow::Result<Outcome> {
    let (harvest, settled) = look(session, receipt, body)?;
    let outcome = Outcome { rows: harvest.rows, tally: settled.total(), rejected: harvest.rejected.values().sum() };
    if rebuild::has_news(session, receipt, std::slice::from_ref(&harvest), &settled)? {
        held.keep()?;
        rebuild::finish(session, receipt)?;
    } else {
        held.discard()?;
        session.raw.delete_receipt(receipt, State::Pending)?;
    }
    Ok(outcome)
}

/// What a list says, and what of it is new. Nothing is written to `src/` yet.
fn look(session: &Session<'_>, receipt: &Receipt, body: &[u8]) -> anyhow::Result<(Harvest, Settlement)> {
    let buckets = Buckets::new(session.work_folder())?;
    let mut rows = buckets.writer();
    let stand = Stand { receipt: 0, item: 0, source: Source::SpotifyApi, received_at: receipt.received_at_ms };
    let harvest = harvest::api_page(body, stand, &receipt.items[0].name, &mut rows, &|_| true)?;
    rows.finish()?;
    let origins = harvest::origins(std::slice::from_ref(receipt));
    let settled = settle_months(session, &buckets, &origins, Against::Known, Write::Nothing, || ())?;
    Ok((harvest, settled))
}
