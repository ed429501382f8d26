//! Links that are swapped in one step.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lake::built::holds_plays;
use platform::files::{partial_path, put_in_place, remove_if_there};
use platform::{DataDir, Stop};

/// Makes `link` name `target` (relative to the link's folder, so that the data folder can be
/// moved and mounted elsewhere). A reader finds the old or the new target, never none.
pub(crate) fn point(link: &Path, target: &str) -> anyhow::Result<()> {
    if fs::read_link(link).is_ok_and(|there| there == Path::new(target)) {
        return Ok(());
    }
    let partial = partial_path(link);
    remove_if_there(&partial)?;
    std::os::unix::fs::symlink(target, &partial)?;
    put_in_place(&partial, link).with_context(|| format!("pointing {} to {target}", link.display()))
}

/// Where a link leads now.
pub(crate) fn resolve(link: &Path) -> Option<PathBuf> {
    let target = fs::read_link(link).ok()?;
    Some(link.parent()?.join(target))
}

/// The folder of the run that is current, by its own name: it stays what it is while newer
/// runs are published.
pub(crate) fn resolve_current(data: &DataDir) -> anyhow::Result<PathBuf> {
    let link = data.processed().join("current");
    if !link.is_symlink() {
        let message = match holds_plays(data).unwrap_or_default() {
            true => {
                "nothing has been published yet, but plays are stored: `music-tracker refresh` builds the star schema of them"
            }
            false => "nothing has been published yet: import something with `music-tracker import`",
        };
        return Err(Stop::Usage(message.to_owned()).into());
    }
    fs::canonicalize(&link).with_context(|| format!("following {}", link.display()))
}
