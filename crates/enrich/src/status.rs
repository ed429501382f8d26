//! `enrich status`: how much is known, and what was not found.

use std::collections::BTreeMap;

use lake::cache::Cache;
use platform::{JobContext, Summary};

use crate::corrected::Corrected;
use crate::heard::Plays;
use crate::identities::{Identity, MEANING, identities};
use crate::known::Known;
use crate::question::{Kind, Method};
use crate::who::Who;

/// Says how much is known of what was heard. Nothing is changed.
///
/// # Errors
/// When a live file is missing or damaged.
pub fn status(context: &JobContext) -> anyhow::Result<Summary> {
    let known = Known::read(&context.data)?;
    let now = context.clock.now();
    let corrected = Corrected::read(&context.data)?;
    let heard = Plays::read(&context.data)?.in_order(&known, &corrected, now);
    let who = Who { heard: &heard, known: &known, corrected: &corrected };
    let mut counts: BTreeMap<&str, Share> = BTreeMap::new();
    for Identity { mbid, plays } in identities(who) {
        let artist = mbid.and_then(|mbid| known.artists.get(mbid));
        let origin = artist.and_then(|artist| artist.begin.as_ref().or(artist.area.as_ref()));
        let has_country = artist.is_some_and(|artist| artist.country.is_some() || origin.is_some());
        for (what, is_known) in [
            ("known at MusicBrainz", mbid.is_some()),
            ("genre", mbid.is_some_and(|mbid| known.has_genre(mbid))),
            ("place", has_country),
            ("coordinates", origin.is_some_and(|area| known.placed.contains(area))),
        ] {
            counts.entry(what).or_default().add(is_known, plays);
        }
    }
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING).set_header([
        "",
        "identities of artists",
        "",
        "of the reports of plays",
    ]);
    let mut summary = Summary::default();
    for (what, share) in &counts {
        let of_all = format!("{} of {}", share.known, share.all);
        table.add_row([*what, &of_all, &percent(share.known, share.all), &percent(share.known_plays, share.all_plays)]);
        let name = what.replace(' ', "_").to_lowercase();
        summary = summary.count(&name, share.known).count(&format!("{name}_of"), share.all);
    }
    let missed = heard.artists.iter().filter(|one| known.is_missed(Kind::SpotifyArtist, Method::ArtistUrls, &one.uri));
    let missed = missed.filter(|one| who.said_of(one).is_none() && who.artist(one).is_none()).count();
    let names = who.names().filter(|one| known.is_missed(Kind::ArtistName, Method::ArtistSearch, &one.name));
    let names = names.filter(|one| who.named(&one.name).is_none() && !who.is_several(&one.name)).count();
    let missed = missed + names;
    let answers = Cache::new(&context.data).answer_ids()?.len();
    let text = format!(
        "{table}\n\n{MEANING}\n\n{missed} of them were looked for and not found: `music-tracker query \"from \
         rpt_artists_not_found\"` says why, and when they are looked for again; {answers} answers are kept"
    );
    Ok(Summary { text, ..summary }.count("not_found", missed as u64).count("answers", answers as u64))
}

/// How many are known, by identities and by plays.
#[derive(Default)]
struct Share {
    known: u64,
    all: u64,
    known_plays: u64,
    all_plays: u64,
}

impl Share {
    fn add(&mut self, is_known: bool, plays: u64) {
        self.all += 1;
        self.all_plays += plays;
        if is_known {
            self.known += 1;
            self.known_plays += plays;
        }
    }
}

fn percent(part: u64, of: u64) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.0} %", part as f64 * 100.0 / of as f64) }
}
