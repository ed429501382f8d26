//! The graph of what reads what, drawn as SVG: sources on the left, reports on the right.
//!
//! A layered drawing: each box stands one column behind the last one it reads, an edge across
//! several columns bends in each of them, and the boxes of a column are put where their
//! neighbours are, so that few edges cross.

use std::collections::BTreeMap;

/// A box.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    /// The class of its colour: the layer.
    pub(super) class: &'static str,
    /// Where a click leads.
    pub(super) href: String,
}

/// The widest that one letter of a name is, in SVG units.
const LETTER: f64 = 7.3;
const BOX_HEIGHT: f64 = 24.0;
const GAP_Y: f64 = 10.0;
const BEND_GAP: f64 = 7.0;
const GAP_X: f64 = 56.0;
const MARGIN: f64 = 12.0;

/// How often the columns are put in order, there and back.
const SWEEPS: usize = 12;

/// One place in a column: a box, or where an edge passes through.
#[derive(Debug)]
struct Item {
    node: Option<usize>,
    before: Vec<usize>,
    after: Vec<usize>,
    column: usize,
    y: f64,
}

/// Draws the graph. `edges` go from what is read to what reads it, by place in `nodes`; there are
/// no circles.
pub(super) fn svg(nodes: &[Node], edges: &[(usize, usize)], title: &str) -> String {
    let ranks = ranks(nodes.len(), edges);
    let (mut items, paths) = items(&ranks, edges);
    let mut columns = columns(&items);
    for sweep in 0..SWEEPS {
        put_in_order(&mut items, &mut columns, sweep % 2 == 0);
    }
    settle(&mut items, &columns);
    draw(nodes, edges, &items, &paths, &columns, title)
}

/// The column of each box: one behind the last one that it reads.
fn ranks(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0; count];
    // There are no circles, so that this ends after as many rounds as there are columns.
    for _ in 0..count {
        let mut is_settled = true;
        for (from, to) in edges {
            if ranks[*to] <= ranks[*from] {
                ranks[*to] = ranks[*from] + 1;
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    ranks
}

/// A box for each node, and the bends of each edge; the path of an edge names its items. Edges that
/// leave one box go together as far as they can.
fn items(ranks: &[usize], edges: &[(usize, usize)]) -> (Vec<Item>, Vec<Vec<usize>>) {
    let item = |node, column| Item { node, before: Vec::new(), after: Vec::new(), column, y: 0.0 };
    let mut items: Vec<Item> = ranks.iter().enumerate().map(|(node, column)| item(Some(node), *column)).collect();
    let mut bends: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut paths = Vec::new();
    for (from, to) in edges {
        let mut path = vec![*from];
        for column in ranks[*from] + 1..ranks[*to] {
            let bend = *bends.entry((*from, column)).or_insert_with(|| {
                items.push(item(None, column));
                items.len() - 1
            });
            path.push(bend);
        }
        path.push(*to);
        for step in path.windows(2) {
            if !items[step[0]].after.contains(&step[1]) {
                items[step[0]].after.push(step[1]);
                items[step[1]].before.push(step[0]);
            }
        }
        paths.push(path);
    }
    (items, paths)
}

fn columns(items: &[Item]) -> Vec<Vec<usize>> {
    let count = items.iter().map(|item| item.column + 1).max().unwrap_or(0);
    let mut columns = vec![Vec::new(); count];
    for (index, item) in items.iter().enumerate() {
        columns[item.column].push(index);
    }
    columns
}

/// Sorts each column by where the neighbours on one side stand.
fn put_in_order(items: &mut [Item], columns: &mut [Vec<usize>], is_forward: bool) {
    let count = columns.len();
    for step in 0..count {
        let column = if is_forward { step } else { count - 1 - step };
        let mut wanted: Vec<(f64, usize)> = Vec::new();
        for (place, index) in columns[column].iter().enumerate() {
            let item = &items[*index];
            let neighbours = if is_forward { &item.before } else { &item.after };
            let middle = middle(items, neighbours).unwrap_or(place as f64);
            wanted.push((middle, *index));
        }
        wanted.sort_by(|one, other| one.0.total_cmp(&other.0));
        columns[column] = wanted.into_iter().map(|(_, index)| index).collect();
        for (place, index) in columns[column].iter().enumerate() {
            items[*index].y = place as f64;
        }
    }
}

fn middle(items: &[Item], neighbours: &[usize]) -> Option<f64> {
    let sum: f64 = neighbours.iter().map(|index| items[*index].y).sum();
    (!neighbours.is_empty()).then(|| sum / neighbours.len() as f64)
}

/// From places in the columns to heights: each item as near to its neighbours as the order in its
/// column allows.
fn settle(items: &mut [Item], columns: &[Vec<usize>]) {
    for column in columns {
        let offsets = offsets(items, column);
        // In the middle of the picture, whose height is that of the fullest column.
        let half = offsets.last().copied().unwrap_or_default() / 2.0;
        for (index, offset) in column.iter().zip(offsets) {
            items[*index].y = offset - half;
        }
    }
    for round in 0..SWEEPS * 2 {
        let there = 0..columns.len();
        let order: Vec<usize> = if round % 2 == 0 { there.collect() } else { there.rev().collect() };
        for column in order.into_iter().map(|column| &columns[column]) {
            let offsets = offsets(items, column);
            let wanted: Vec<f64> = column
                .iter()
                .zip(&offsets)
                .map(|(index, offset)| {
                    let item = &items[*index];
                    let sides = [&item.before, &item.after].map(|side| middle(items, side));
                    let (sum, count) =
                        sides.into_iter().flatten().fold((0.0, 0.0), |(sum, count), y| (sum + y, count + 1.0));
                    (if count > 0.0 { sum / count } else { item.y }) - offset
                })
                .collect();
            for ((index, offset), y) in column.iter().zip(&offsets).zip(in_order(&wanted)) {
                items[*index].y = y + offset;
            }
        }
    }
}

/// How far below the first item of a column each one must stand at least.
fn offsets(items: &[Item], column: &[usize]) -> Vec<f64> {
    let mut offsets: Vec<f64> = Vec::new();
    for (place, index) in column.iter().enumerate() {
        let Some(above) = place.checked_sub(1).map(|above| column[above]) else {
            offsets.push(0.0);
            continue;
        };
        let gap = match (items[above].node, items[*index].node) {
            (Some(_), Some(_)) => BOX_HEIGHT + GAP_Y,
            (None, None) => BEND_GAP,
            _ => BOX_HEIGHT / 2.0 + GAP_Y,
        };
        offsets.push(offsets[place - 1] + gap);
    }
    offsets
}

/// The rising numbers that are nearest to these: what stands in the wrong order meets in the middle.
fn in_order(wanted: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for value in wanted {
        let mut block = (*value, 1);
        while let Some((mean, count)) = blocks.pop_if(|(mean, _)| *mean > block.0) {
            let all = count + block.1;
            block = ((mean * count as f64 + block.0 * block.1 as f64) / all as f64, all);
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count)).collect()
}

fn draw(
    nodes: &[Node],
    edges: &[(usize, usize)],
    items: &[Item],
    paths: &[Vec<usize>],
    columns: &[Vec<usize>],
    title: &str,
) -> String {
    let mut lefts = Vec::new();
    let mut widths = Vec::new();
    let mut x = MARGIN;
    for column in columns {
        let names = column.iter().filter_map(|index| items[*index].node).map(|node| nodes[node].name.chars().count());
        let width = names.max().unwrap_or(0) as f64 * LETTER + 20.0;
        lefts.push(x);
        widths.push(width);
        x += width + GAP_X;
    }
    let top = items.iter().map(|item| item.y).fold(f64::INFINITY, f64::min).min(0.0) - BOX_HEIGHT / 2.0 - MARGIN;
    let bottom = items.iter().map(|item| item.y).fold(0.0, f64::max) + BOX_HEIGHT / 2.0 + MARGIN;
    let (width, height) = (x - GAP_X + MARGIN, bottom - top);
    let mut out = format!(
        "<svg class=\"lineage\" viewBox=\"0 {top:.0} {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         role=\"group\" aria-label=\"{}\">\n",
        escaped(title)
    );
    for ((from, to), path) in edges.iter().zip(paths) {
        let mut line = String::new();
        for (step, index) in path.iter().enumerate() {
            let Item { column, y, .. } = items[*index];
            let (left, right) = (lefts[column], lefts[column] + widths[column]);
            if step == 0 {
                line += &format!("M{right:.0} {y:.1}");
                continue;
            }
            let Item { column: before, y: before_y, .. } = items[path[step - 1]];
            let from_x = lefts[before] + widths[before];
            let half = (left - from_x) / 2.0;
            line += &format!("C{:.0} {before_y:.1} {:.0} {y:.1} {left:.0} {y:.1}", from_x + half, left - half);
            if items[*index].node.is_none() {
                line += &format!("H{right:.0}");
            }
        }
        out += &format!("<path data-from=\"{from}\" data-to=\"{to}\" d=\"{line}\"/>\n");
    }
    let boxes: BTreeMap<usize, &Item> = items.iter().filter_map(|item| Some((item.node?, item))).collect();
    for (index, item) in boxes {
        let Node { name, class, href } = &nodes[index];
        let (left, width, y) = (lefts[item.column], name.chars().count() as f64 * LETTER + 20.0, item.y);
        out += &format!(
            "<a href=\"{href}\" class=\"{class}\" data-node=\"{index}\"><rect x=\"{left:.0}\" y=\"{:.1}\" width=\"{:.0}\" \
             height=\"{BOX_HEIGHT}\" rx=\"5\"/><text x=\"{:.0}\" y=\"{:.1}\">{name}</text></a>\n",
            y - BOX_HEIGHT / 2.0,
            widths[item.column].max(width),
            left + 10.0,
            y + 4.0,
            href = escaped(href),
            name = escaped(name),
        );
    }
    out += "</svg>";
    out
}

/// Text that cannot end what it stands in.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> Node {
        Node { name: name.to_owned(), class: "marts", href: format!("{name}.html") }
    }

    #[test]
    fn everything_stands_behind_what_it_reads() {
        let ranks = ranks(4, &[(0, 1), (1, 3), (0, 3), (2, 3)]);
        assert_eq!(ranks, [0, 1, 0, 2]);
    }

    #[test]
    fn boxes_of_a_column_never_overlap() {
        let edges: Vec<(usize, usize)> =
            (0..30).map(|reader| (reader % 7, 7 + reader)).chain([(0, 37), (7, 37)]).collect();
        let ranks = ranks(38, &edges);
        let (mut items, _) = items(&ranks, &edges);
        let mut columns = columns(&items);
        (0..SWEEPS).for_each(|sweep| put_in_order(&mut items, &mut columns, sweep % 2 == 0));
        settle(&mut items, &columns);
        for column in &columns {
            for pair in column.windows(2).filter(|pair| pair.iter().all(|index| items[*index].node.is_some())) {
                assert!(items[pair[1]].y - items[pair[0]].y >= BOX_HEIGHT, "{pair:?}");
            }
        }
    }

    #[test]
    fn what_stands_in_the_wrong_order_meets_in_the_middle() {
        assert_eq!(in_order(&[1.0, 5.0, 3.0, 8.0, 2.0]), [1.0, 4.0, 4.0, 5.0, 5.0]);
    }

    #[test]
    fn names_cannot_break_out_of_the_picture() {
        let drawn = svg(&[node("a\"><script>"), node("b")], &[(0, 1)], "it's <b>");
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"), "{drawn}");
        assert_eq!(drawn.matches("<a ").count(), 2);
        assert_eq!(drawn.matches("<path ").count(), 1);
    }

    #[test]
    fn an_empty_graph_is_an_empty_picture() {
        assert!(svg(&[], &[], "nothing").ends_with("</svg>"));
    }
}
