//! Which artist of MusicBrainz somebody is, by every way of finding out.

use std::collections::HashMap;

use lake::play::UnixMs;

use crate::question::Kind;

/// A link that MusicBrainz itself keeps.
const BY_ADDRESS: &str = "url";

/// Who somebody is, by one way of finding out.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) method: String,
    pub(crate) mbid: String,
    /// When it was told, and by which answer.
    pub(crate) told: (UnixMs, String),
}

impl Link {
    /// How much it is worth; the models choose in the same order. At MusicBrainz somebody entered
    /// it (url), a recording leads to it (isrc), the name does (search), a title does.
    fn worth(&self) -> u8 {
        match self.method.as_str() {
            BY_ADDRESS => 5,
            "isrc" => 4,
            "search" => 3,
            _ => 2,
        }
    }
}

/// All links; the newest of each way of finding out.
#[derive(Debug, Default)]
pub(crate) struct Links(HashMap<(Kind, String), Vec<Link>>);

impl Links {
    /// Takes in a link of somebody, who is named by URI or by the key of a name.
    pub(crate) fn add(&mut self, kind: Kind, subject: String, link: Link) {
        let links = self.0.entry((kind, subject)).or_default();
        match links.iter_mut().find(|one| one.method == link.method) {
            Some(one) if one.told <= link.told => *one = link,
            Some(_) => {}
            None => links.push(link),
        }
    }

    /// The best link of somebody. The address at MusicBrainz may be gone since it was told.
    pub(crate) fn best(&self, kind: Kind, subject: &str, is_address_gone: bool) -> Option<&str> {
        let links = self.0.get(&(kind, subject.to_owned()))?.iter();
        let standing = links.filter(|link| !(is_address_gone && link.method == BY_ADDRESS));
        standing.max_by_key(|link| link.worth()).map(|link| link.mbid.as_str())
    }
}
