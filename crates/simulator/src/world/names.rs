//! Invented names, with everything in them that breaks careless code: quotes, commas,
//! backslashes, scripts other than Latin, text from right to left, emoji, long titles.

use std::collections::HashSet;

use crate::dice::Dice;

const ADJECTIVES: [&str; 40] = [
    "Silent",
    "Velvet",
    "Broken",
    "Golden",
    "Electric",
    "Hollow",
    "Crimson",
    "Distant",
    "Paper",
    "Northern",
    "Neon",
    "Gentle",
    "Burning",
    "Frozen",
    "Lucky",
    "Midnight",
    "Plastic",
    "Restless",
    "Salty",
    "Tiny",
    "Violet",
    "Wandering",
    "Young",
    "Amber",
    "Blind",
    "Common",
    "Dusty",
    "Endless",
    "Fading",
    "Glass",
    "Holy",
    "Iron",
    "Jolly",
    "Kind",
    "Lonely",
    "Marble",
    "Naïve",
    "Open",
    "Pale",
    "Quiet",
];
const NOUNS: [&str; 50] = [
    "River",
    "Signal",
    "Garden",
    "Machine",
    "Harbour",
    "Mirror",
    "Orchid",
    "Parade",
    "Quarry",
    "Rocket",
    "Shadow",
    "Tiger",
    "Umbrella",
    "Valley",
    "Winter",
    "Canyon",
    "Dancer",
    "Ember",
    "Falcon",
    "Ghost",
    "Horizon",
    "Island",
    "Jungle",
    "Kingdom",
    "Lantern",
    "Meadow",
    "Needle",
    "Ocean",
    "Piano",
    "Queen",
    "Road",
    "Satellite",
    "Thunder",
    "Engine",
    "Voyage",
    "Whisper",
    "Anchor",
    "Bridge",
    "Circus",
    "Desert",
    "Echo",
    "Forest",
    "Glacier",
    "Hotel",
    "Compass",
    "Comet",
    "Letter",
    "Café",
    "Station",
    "Weekend",
];
const FIRST: [&str; 24] = [
    "Mira", "Jonas", "Aylin", "Tomás", "Ingrid", "Kwame", "Noor", "Luca", "Saoirse", "Dmitri", "Yuki", "Chloë", "Omar",
    "Petra", "Rafael", "Zuzana", "Björn", "Leila", "Anouk", "Hugo", "Nadia", "Émile", "Priya", "Sione",
];
const LAST: [&str; 24] = [
    "Vale",
    "Okonkwo",
    "Lindqvist",
    "O'Hara",
    "Marchetti",
    "Sørensen",
    "Yıldız",
    "Novák",
    "Delacroix",
    "Stone",
    "Ito",
    "García-Luna",
    "Ashford",
    "Baum",
    "Kaplan",
    "Moreau",
    "Quist",
    "Rahman",
    "Silva",
    "Toivonen",
    "Weiss",
    "Żak",
    "D'Angelis",
    "Hart",
];
const ODD_ARTISTS: [&str; 12] = [
    "青い灯台",
    "Северный Причал",
    "مرايا البحر",
    "달빛 정거장",
    "Ὀρφικὴ Νύξ",
    "!!! (stop)",
    "AC\\Volt",
    "\"Quotation\" Marx",
    "Comma, the Band",
    "🦊🌙",
    "ＦＵＬＬ ＷＩＤＴＨ",
    "नीली नदी",
];
const ODD_TITLES: [&str; 12] = [
    "夜の電車",
    "Последний снег",
    "ليل طويل",
    "봄비",
    "4:33 (Still)",
    "C:\\Songs\\new",
    "She Said \"Now\"",
    "Yes, No, Maybe",
    "🔥",
    "ゼロ / Zero",
    "A Title That Goes On and On, Because the Band Could Not Decide Where the Sentence Should End (And Then It Did Not)",
    "Ünïcödé Ñights",
];

/// Makes names that are unique within one set, also without "(Live)" and the like.
#[derive(Default)]
pub(super) struct Names {
    used: HashSet<String>,
}

impl Names {
    /// A band or a person.
    pub(super) fn artist(&mut self, dice: &mut Dice) -> String {
        self.unique(dice, |dice| match dice.below(100) {
            0..2 => dice.pick(&ODD_ARTISTS).to_string(),
            2..30 => format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST)),
            30..50 => format!("The {} {}s", dice.pick(&ADJECTIVES), dice.pick(&NOUNS)),
            50..65 => format!("{} & the {}s", dice.pick(&FIRST), dice.pick(&NOUNS)),
            65..72 => format!("DJ {}", dice.pick(&NOUNS)),
            72..80 => dice.pick(&NOUNS).to_uppercase(),
            _ => format!("{} {}", dice.pick(&ADJECTIVES), dice.pick(&NOUNS)),
        })
    }

    /// A track or an album.
    pub(super) fn title(&mut self, dice: &mut Dice) -> String {
        self.unique(dice, |dice| match dice.below(100) {
            0..2 => dice.pick(&ODD_TITLES).to_string(),
            2..12 => dice.pick(&NOUNS).to_string(),
            12..20 => format!("{} of the {}", dice.pick(&NOUNS), dice.pick(&NOUNS)),
            20..26 => format!("{}'s {}", dice.pick(&FIRST), dice.pick(&NOUNS)),
            26..30 => {
                format!("{} {} - Remastered {}", dice.pick(&ADJECTIVES), dice.pick(&NOUNS), 1998 + dice.below(24))
            }
            30..33 => format!("{} {} (Live)", dice.pick(&ADJECTIVES), dice.pick(&NOUNS)),
            33..36 => format!("Don't {}, {}", dice.pick(&["Go", "Stop", "Look", "Wait"]), dice.pick(&FIRST)),
            _ => format!("{} {}", dice.pick(&ADJECTIVES), dice.pick(&NOUNS)),
        })
    }

    fn unique(&mut self, dice: &mut Dice, make: impl Fn(&mut Dice) -> String) -> String {
        let mut name = make(dice);
        for number in 2.. {
            if self.used.insert(bare(&name)) {
                break;
            }
            name = if number < 4 { make(dice) } else { format!("{} {number}", make(dice)) };
        }
        name
    }
}

/// A name without what is often ignored in comparisons: "(Live)", "- Remastered 2009", case.
fn bare(name: &str) -> String {
    let end = [" (", " - "].iter().filter_map(|mark| name.find(mark)).min().unwrap_or(name.len());
    name[..end].to_lowercase()
}
