//! `ingest account`: people, and where they lived when.

mod copies;
mod corrections;
mod erase;
mod instants;
mod merge;
mod pause;
mod remove;
mod show;

use anyhow::Context;
use chrono_tz::Tz;
use comfy_table::{Table, presets};
use platform::state::{Account, CountingRule, StateDb};
use platform::{JobContext, Stop, parse_zone};

pub(crate) use copies::left as copies_left;
pub(crate) use erase::{erase_source, forget_published};
use instants::parse_instant;
pub(crate) use instants::shown;
pub use merge::merge;
pub use pause::pause;
pub use remove::remove;
pub use show::show;

/// Makes an account.
///
/// # Errors
/// A [`Stop::Usage`] when the name or the zone is wrong.
pub fn add(
    context: &JobContext,
    name: &str,
    zone: Option<&str>,
    counts: Option<CountingRule>,
) -> anyhow::Result<String> {
    let zone = zone.map_or_else(|| Ok(context.settings.home_zone()), parse_zone)?;
    let account = context.state()?.add_account(name, zone, counts.unwrap_or_default(), context.clock.now())?;
    Ok(format!("made the account {:?}, living in {zone}", account.name))
}

/// What to change of an account.
#[derive(Debug, Default)]
pub struct Change {
    /// A zone…
    pub zone: Option<String>,
    /// …from this instant on; without it, the zone of an account that never moved.
    pub from: Option<String>,
    /// Take the move at this instant back.
    pub forget_from: Option<String>,
    /// Which plays count.
    pub counts: Option<CountingRule>,
}

/// Changes an account.
///
/// # Errors
/// A [`Stop::Usage`] when the change is not clear.
pub fn set(context: &JobContext, name: &str, change: &Change) -> anyhow::Result<String> {
    let mut state = context.state()?;
    let account = state.chosen_account(Some(name))?.context("the account vanished")?;
    let mut said = Vec::new();
    if let Some(zone) = &change.zone {
        said.push(set_zone(&mut state, &account, parse_zone(zone)?, change.from.as_deref())?);
    } else if change.from.is_some() {
        return Err(Stop::Usage("--from says since when a --zone holds: give both".into()).into());
    }
    if let Some(instant) = &change.forget_from {
        let at = parse_instant(instant, Tz::UTC)?;
        state.remove_zone(&account.account_id, at)?;
        said.push(format!("the zone before {} lasts on", shown(at)));
    }
    if let Some(rule) = change.counts {
        state.set_counting_rule(&account.account_id, rule)?;
        said.push(format!("plays now count by the rule {:?}", rule.as_str()));
    }
    if said.is_empty() {
        return Err(Stop::Usage("say what to change: --zone, --forget-from or --counts".into()).into());
    }
    Ok(said.join("\n"))
}

fn set_zone(state: &mut StateDb, account: &Account, zone: Tz, from: Option<&str>) -> anyhow::Result<String> {
    let Some(from) = from else {
        let moves = state.zones()?.iter().filter(|one| one.account_id == account.account_id).count();
        if moves > 1 {
            return Err(Stop::Usage(format!(
                "{:?} has lived in several zones: say since when with --from INSTANT, or --from start for the first",
                account.name
            ))
            .into());
        }
        state.set_zone(&account.account_id, None, zone)?;
        return Ok(format!("{:?} has always lived in {zone}", account.name));
    };
    if from == "start" {
        state.set_zone(&account.account_id, None, zone)?;
        return Ok(format!("{:?} lived in {zone} at first", account.name));
    }
    let at = parse_instant(from, zone)?;
    state.set_zone(&account.account_id, Some(at), zone)?;
    Ok(format!("{:?} lives in {zone} from {} on", account.name, shown(at)))
}

/// What to say where there is no account.
fn none_yet(context: &JobContext) -> String {
    let folder = context.data.root().display();
    format!("no accounts yet in {folder}: an import makes one, or `music-tracker account add NAME --zone ZONE`")
}

/// All accounts as a table.
///
/// # Errors
/// Database errors.
pub fn list(context: &JobContext) -> anyhow::Result<String> {
    let state = context.state()?;
    let (accounts, zones) = (state.accounts()?, state.zones()?);
    if accounts.is_empty() {
        return Ok(none_yet(context));
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["name", "counts", "zones", "id"]);
    for account in accounts {
        let lived = zones.iter().filter(|zone| zone.account_id == account.account_id);
        let lived: Vec<_> = lived
            .map(|zone| match zone.valid_from {
                None => zone.zone.to_string(),
                Some(at) => format!("{} from {}", zone.zone, shown(at)),
            })
            .collect();
        let row =
            [account.name, account.counting_rule.as_str().to_owned(), lived.join("\n"), account.account_id.to_string()];
        table.add_row(row);
    }
    Ok(table.to_string())
}
