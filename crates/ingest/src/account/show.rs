//! Everything about one account.

use platform::{JobContext, Stop};

use super::{none_yet, shown};
use crate::status::{account_status, for_people};

/// One account in full: names, zones, rule, and how its sources stand.
///
/// # Errors
/// When there is no such account.
pub fn show(context: &JobContext, name: Option<&str>) -> anyhow::Result<String> {
    let state = context.state()?;
    let Some(account) = state.chosen_account(name)? else {
        return Err(Stop::Usage(none_yet(context)).into());
    };
    let zones = state.zones()?.into_iter().filter(|zone| zone.account_id == account.account_id);
    let zones: Vec<_> = zones
        .map(|zone| match zone.valid_from {
            None => format!("  lives in {}", zone.zone),
            Some(at) => format!("  from {} in {}", shown(at), zone.zone),
        })
        .collect();
    let identities = state.identities(&account.account_id)?;
    let identities: Vec<_> = identities.iter().map(|(service, id)| format!("  is {id:?} at {service}")).collect();
    let mut lines = vec![format!("  id {}", account.account_id), format!("  since {}", shown(account.created_at))];
    lines.push(format!("  plays count by the rule {:?}", account.counting_rule.as_str()));
    lines.extend(zones);
    lines.extend(identities);
    Ok(format!("{}{}", for_people(&account_status(context, &account)?, context.clock.now()), lines.join("\n")))
}
