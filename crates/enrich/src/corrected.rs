//! Who people said that artists are: that counts, whatever anybody finds.

use std::collections::{BTreeSet, HashMap};

use lake::identity::named_artist;
use platform::DataDir;
use platform::corrections::ARTISTS;

use crate::names;
use crate::question::is_mbid;

/// The corrections that say who an artist is. One names an artist by URI, by name, or by the key that stands
/// for a name, as the command writes it.
#[derive(Debug, Default)]
pub(crate) struct Corrected {
    /// The artists of MusicBrainz that are named.
    pub(crate) mbids: BTreeSet<String>,
    /// The artist of MusicBrainz that somebody is, or none.
    links: HashMap<String, Option<String>>,
    /// Who counts instead of somebody who was merged into another, or stands for several.
    replaced: HashMap<String, Vec<String>>,
    /// Who is one artist, whatever the name looks like.
    one: HashMap<String, ()>,
}

impl Corrected {
    /// Reads the file of corrections.
    ///
    /// # Errors
    /// When it cannot be read, or makes no sense.
    pub(crate) fn read(data: &DataDir) -> anyhow::Result<Self> {
        let mut corrected = Self::default();
        for line in ARTISTS.read(data)? {
            if let (Some(action), Some(artist), Some(value)) =
                (line.get("action"), line.get("artist"), line.get("value"))
            {
                corrected.add(action, artist, value);
            }
        }
        Ok(corrected)
    }

    fn add(&mut self, action: &str, artist: &str, value: &str) {
        let (subject, value_key) = (names::key(artist), names::key(value));
        let others = || value.split(';').map(|other| other.trim().to_owned()).filter(|other| !other.is_empty());
        // Whoever others count as is one artist; whom somebody said to be none of MusicBrainz may be several.
        let one = match action {
            "link" => {
                let mbid = Some(value_key).filter(|mbid| is_mbid(mbid));
                self.mbids.extend(mbid.clone());
                let one = mbid.is_some().then(|| subject.clone());
                self.links.entry(subject).or_insert(mbid);
                one.into_iter().collect()
            }
            "merge" => {
                self.replaced.entry(subject.clone()).or_insert_with(|| vec![value.trim().to_owned()]);
                vec![subject, value_key]
            }
            "split" => {
                // Who is split is no longer there to be merged.
                self.replaced.insert(subject, others().collect());
                others().map(|other| names::key(&other)).collect()
            }
            _ => vec![subject],
        };
        self.one.extend(one.into_iter().map(|subject| (subject, ())));
    }

    /// Who this URI or this name is, where it is said: an artist of MusicBrainz, or none.
    pub(crate) fn link(&self, subject: &str) -> Option<Option<&str>> {
        Some(find(&self.links, subject)?.as_deref())
    }

    /// Who counts instead of this URI or this name.
    pub(crate) fn replaced_by(&self, subject: &str) -> Option<&[String]> {
        find(&self.replaced, subject).map(Vec::as_slice)
    }

    /// Whether anybody counts instead of another.
    pub(crate) fn are_any_replaced(&self) -> bool {
        !self.replaced.is_empty()
    }

    /// Whether it is said, in whatever way, that this name is one artist.
    pub(crate) fn is_one(&self, name: &str) -> bool {
        find(&self.one, name).is_some()
    }
}

/// What stands under a URI, or under a name or its key. Without a correction, no name needs a hash.
fn find<'c, T>(said: &'c HashMap<String, T>, subject: &str) -> Option<&'c T> {
    if said.is_empty() {
        return None;
    }
    let key = names::key(subject);
    said.get(&key).or_else(|| said.get(&named_artist(&key)))
}
