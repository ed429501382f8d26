//! What a star schema was made of: tells whether it is still up to date without building it.

use lake::built::{Marks, mark, received_anything, stored};
use platform::JobContext;
use serde::{Deserialize, Serialize};

use crate::project::SqlTree;
use crate::publish::resolve_current;
use crate::publish::run_file::RunFile;
use crate::record::PROGRAM;

/// The inputs of a build, each by a mark that changes when it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Basis(Marks);

impl Basis {
    /// The inputs as they are now. Take it before the inputs are read: a change in between
    /// then leaves a mark that is too old, and the next refresh makes up for it.
    ///
    /// # Errors
    /// When a manifest or the state database cannot be read.
    pub(crate) fn now(context: &JobContext, tree: &SqlTree) -> anyhow::Result<Self> {
        let mut marks = stored(context)?;
        let files: Vec<_> = tree.of_builds().map(|file| (&file.path, &file.text)).collect();
        marks.insert("models".to_owned(), mark((PROGRAM, files, &tree.wanted)));
        Ok(Self(marks))
    }

    /// The marks alone.
    pub(crate) fn marks(&self) -> &Marks {
        &self.0
    }

    /// What the published state is out of date with; `None` when it is up to date. Where
    /// nothing is published and nothing was ever received, there is nothing to do either.
    ///
    /// # Errors
    /// As [`Basis::now`].
    pub(crate) fn behind(context: &JobContext, tree: &SqlTree) -> anyhow::Result<Option<String>> {
        let now = Self::now(context, tree)?;
        // A run that cannot be read is as good as none: the refresh writes another one.
        let published = resolve_current(&context.data).ok().and_then(|run| RunFile::read_if_sound(&run));
        let Some(published) = published else {
            return Ok(received_anything(&context.data)?.then(|| "nothing is published".to_owned()));
        };
        let before = published.basis.unwrap_or_default();
        let changed: Vec<&str> = now
            .0
            .iter()
            .filter(|(name, mark)| before.0.get(*name) != Some(mark))
            .map(|(name, _)| name.as_str())
            .collect();
        Ok((now != before).then(|| changed.join(", ")))
    }
}
