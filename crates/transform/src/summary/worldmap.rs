//! The world in characters: land as dots, and where music comes from in four shades.

use super::chart::thousands;

/// Degrees of longitude that a character stands for; from -180 on.
const DEGREES_WIDE: f64 = 5.0;

/// Degrees of latitude that a line stands for; from 80 down.
const DEGREES_HIGH: f64 = 10.0;

const NORTH: f64 = 80.0;

/// Roughly where there is land: a line of 72 characters for every ten degrees from 80 north on.
const LAND: [&str; 14] = [
    "   ....................  .......       ...     .........................",
    "   .....................  ..   ..    ...................................",
    "          ...............         .. ...........................   .    ",
    "           ............           ..............................        ",
    "            .........             ........................... ..        ",
    "             .... ...            ...............  .... .....            ",
    "                  ......         .............    ..   ...  .           ",
    "                    ......            .......           . ... ....      ",
    "                    .........         ...... .              ......      ",
    "                      ......          .....  .             .......      ",
    "                      ....             ...                 ........     ",
    "                     ...                                         .    ..",
    "                     ..                                                 ",
    "                     ..                                                 ",
];

/// From nearly nothing to much.
const SHADES: [char; 4] = ['·', '○', '◉', '●'];

/// The shades but the first begin at these parts of the most. A third of it is dark already: few
/// places have nearly all plays.
const PARTS: [i64; 3] = [100, 10, 3];

/// A map of places: latitude, longitude and how many plays come from there; with a legend.
pub(super) fn drawn(places: &[(f64, f64, i64)]) -> String {
    let mut map: Vec<Vec<char>> = LAND.iter().map(|line| line.chars().collect()).collect();
    let width = map.iter().map(Vec::len).max().unwrap_or_default();
    let mut plays = vec![vec![0_i64; width]; map.len()];
    for (latitude, longitude, count) in places {
        let line = ((NORTH - latitude) / DEGREES_HIGH).floor().clamp(0.0, (map.len() - 1) as f64) as usize;
        let column = ((longitude + 180.0) / DEGREES_WIDE).floor().clamp(0.0, (width - 1) as f64) as usize;
        if let Some(cell) = plays.get_mut(line).and_then(|line| line.get_mut(column)) {
            *cell += count;
        }
    }
    let most = plays.iter().flatten().copied().max().unwrap_or_default().max(1);
    let from = PARTS.map(|part| (most + part - 1) / part);
    for (line, counts) in map.iter_mut().zip(&plays) {
        for (cell, count) in line.iter_mut().zip(counts).filter(|(_, count)| **count > 0) {
            *cell = SHADES[from.iter().filter(|least| count >= least).count()];
        }
    }
    let lines = map.into_iter().map(|line| line.into_iter().collect::<String>().trim_end().to_owned());
    let [some, more, many] = from.map(thousands);
    let legend = format!(
        "    . land   plays that count: {} fewer  {} {some}+  {} {more}+  {} {many}+",
        SHADES[0], SHADES[1], SHADES[2], SHADES[3]
    );
    lines.chain([legend]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and column of each mark.
    fn marks(places: &[(f64, f64, i64)]) -> Vec<(usize, usize, char)> {
        let map = drawn(places);
        let cells = map
            .lines()
            .take(LAND.len())
            .enumerate()
            .flat_map(|(line, text)| text.chars().enumerate().map(move |(column, sign)| (line, column, sign)));
        cells.filter(|(.., sign)| SHADES.contains(sign)).collect()
    }

    #[test]
    fn places_lie_where_they_are() {
        assert_eq!(marks(&[(52.5, 13.4, 10)]), [(2, 38, '●')]);
        assert_eq!(marks(&[(-33.9, 151.2, 10)]), [(11, 66, '●')]);
        assert_eq!(marks(&[(40.7, -74.0, 10)]), [(3, 21, '●')]);
    }

    #[test]
    fn few_plays_are_pale_and_the_edges_of_the_world_are_on_the_map() {
        assert_eq!(marks(&[(90.0, 180.0, 1000), (-90.0, -180.0, 5)]), [(0, 71, '●'), (13, 0, '·')]);
        assert!(marks(&[]).is_empty());
        let legend = drawn(&[(90.0, 180.0, 1000)]).lines().last().unwrap().to_owned();
        assert_eq!(legend, "    . land   plays that count: · fewer  ○ 10+  ◉ 100+  ● 334+");
        assert!(LAND.iter().all(|line| line.chars().count() == 72));
    }
}
