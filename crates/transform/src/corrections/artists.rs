//! What people said about artists, in `data/corrections/artists.csv`.

use platform::DataDir;
use platform::corrections::ARTISTS;
use platform::sheet::Line;

use crate::engine::snapshots::Row;

/// Between the artists or genres of one value.
pub(crate) const SEPARATOR: char = ';';

/// What a correction says about an artist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ArtistAction {
    /// It is this artist of MusicBrainz (an MBID), or `none` of them.
    Link,
    /// It is the same as another artist, and counts as that one.
    Merge,
    /// The name stands for several artists.
    Split,
    /// It is called otherwise.
    Rename,
    /// It is shown under an alias, wherever a name is shown.
    Mask,
    /// It plays these genres, whatever others say.
    Genre,
}

impl ArtistAction {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Rename => "rename",
            Self::Mask => "mask",
            Self::Genre => "genre",
        }
    }

    const ALL: [Self; 6] = [Self::Link, Self::Merge, Self::Split, Self::Rename, Self::Mask, Self::Genre];

    /// Whether its values are artists.
    pub(crate) fn is_of_artists(self) -> bool {
        matches!(self, Self::Merge | Self::Split)
    }

    /// Whether it takes several values.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Split | Self::Genre)
    }
}

/// One line of `artists.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArtistCorrection {
    pub(crate) id: String,
    pub(crate) action: ArtistAction,
    /// A URI, a key or a name.
    pub(crate) artist: String,
    /// One, but for `split` and `genre`.
    pub(crate) values: Vec<String>,
    pub(crate) reason: Option<String>,
    /// How the artist was called when a program wrote the line; nobody needs it but people.
    pub(crate) name: Option<String>,
}

/// Reads and checks the file.
///
/// # Errors
/// A [`platform::Stop::Usage`] that names the line and the column that is wrong.
pub(crate) fn read(data: &DataDir) -> anyhow::Result<Vec<ArtistCorrection>> {
    let mut all: Vec<ArtistCorrection> = Vec::new();
    for line in ARTISTS.read(data)? {
        let one = correction(&line)?;
        if all.iter().any(|other| other.id == one.id) {
            return Err(line.wrong("id", format!("there are two corrections {:?}", one.id)));
        }
        if let Some((column, message)) = conflict(&one, &all) {
            return Err(line.wrong(column, message));
        }
        all.push(one);
    }
    Ok(all)
}

fn correction(line: &Line) -> anyhow::Result<ArtistCorrection> {
    let word = line.need("action")?;
    let Some(action) = ArtistAction::ALL.into_iter().find(|action| action.as_str() == word) else {
        let known = ArtistAction::ALL.map(ArtistAction::as_str).join(", ");
        return Err(line.wrong("action", format!("write one of {known}, not {word:?}")));
    };
    let (artist, value) = (line.need("artist")?.to_owned(), line.need("value")?);
    let values = values_of(action, value);
    let problem = match action {
        ArtistAction::Link if !is_mbid(value) && value != "none" => {
            Some("write the MBID, or none where MusicBrainz does not know the artist".to_owned())
        }
        ArtistAction::Split if values.len() < 2 => Some(format!("write two artists or more, with {SEPARATOR} between")),
        ArtistAction::Merge if value.eq_ignore_ascii_case(&artist) => {
            Some("it is the artist that is to be merged".to_owned())
        }
        _ => None,
    };
    match problem {
        Some(problem) => Err(line.wrong("value", problem)),
        None => {
            let text = |column| line.get(column).map(str::to_owned);
            let (id, reason, name) = (line.need("id")?.to_owned(), text("reason"), text("artist_name"));
            Ok(ArtistCorrection { id, action, artist, values, reason, name })
        }
    }
}

/// Why a correction cannot stand beside the others: the column and the reason. Two that contradict
/// each other would act by the order of lines, which nobody would see.
pub(crate) fn conflict(one: &ArtistCorrection, others: &[ArtistCorrection]) -> Option<(&'static str, String)> {
    let is = |text: &str, artist: &str| text.to_lowercase() == artist.to_lowercase();
    others.iter().find_map(|other| {
        let (id, action) = (&other.id, other.action.as_str());
        if other.action == one.action && is(&other.artist, &one.artist) {
            return Some(("artist", format!("there is another {action} of this artist: {id}")));
        }
        let both_merge = other.action == ArtistAction::Merge && one.action == ArtistAction::Merge;
        let is_chain = is(&other.artist, &one.values[0]) || is(&other.values[0], &one.artist);
        (both_merge && is_chain)
            .then(|| ("value", format!("merge into the last artist at once: {id} merges one of the two")))
    })
}

/// The values that a text stands for; never none of them.
pub(crate) fn values_of(action: ArtistAction, text: &str) -> Vec<String> {
    if !action.is_list() {
        return vec![text.to_owned()];
    }
    let parts: Vec<String> =
        text.split(SEPARATOR).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { vec![text.to_owned()] } else { parts }
}

/// The text that stands for values.
pub(crate) fn text_of(values: &[String]) -> String {
    values.join("; ")
}

/// Whether a text has the form of an MBID.
pub(crate) fn is_mbid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The rows that the staging model reads: one for each value.
pub(crate) fn rows(corrections: &[ArtistCorrection]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, one) in (1_u64..).zip(corrections) {
        for (part, value) in (1_u64..).zip(&one.values) {
            let action = one.action.as_str().to_owned();
            rows.push(vec![
                Some(one.id.clone()),
                Some(number.to_string()),
                Some(part.to_string()),
                Some(action),
                Some(one.artist.clone()),
                Some(value.clone()),
                one.reason.clone(),
            ]);
        }
    }
    rows
}
