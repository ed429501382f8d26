//! Who people said that artists are: that counts, whatever anybody finds.

use std::collections::{BTreeSet, HashSet};

use platform::DataDir;
use platform::corrections::ARTISTS;

use crate::names;

/// The corrections that name an artist of MusicBrainz, or none.
#[derive(Debug, Default)]
pub(crate) struct Corrected {
    /// The artists of MusicBrainz that are named.
    pub(crate) mbids: BTreeSet<String>,
    subjects: HashSet<String>,
}

impl Corrected {
    /// Reads the file of corrections.
    ///
    /// # Errors
    /// When it cannot be read, or makes no sense.
    pub(crate) fn read(data: &DataDir) -> anyhow::Result<Self> {
        let mut corrected = Self::default();
        for line in ARTISTS.read(data)?.iter().filter(|line| line.get("action") == Some("link")) {
            if let (Some(artist), Some(mbid)) = (line.get("artist"), line.get("value")) {
                corrected.subjects.insert(names::key(artist));
                corrected.mbids.insert(names::key(mbid));
            }
        }
        Ok(corrected)
    }

    /// Whether it is said who this URI or this name is: nobody needs to find out.
    pub(crate) fn contains(&self, subject: &str) -> bool {
        !self.subjects.is_empty() && self.subjects.contains(&names::key(subject))
    }
}
