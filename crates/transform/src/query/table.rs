//! An answer for people: a table where it fits, else one column a line.

use std::io::{self, Write};

use anyhow::bail;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::engine::sql::ColumnType;

/// More rows are counted but not shown: a terminal is no place for them.
const SHOWN_ROWS: usize = 200;

/// A line below the header and nothing else; the meaning of each place is comfy-table's.
const HEADER_LINE: &str = "     ──            ";

/// In narrower columns on average, every second word would be broken.
const NARROWEST: usize = 14;

/// The blanks on both sides of a cell; one more stands between two.
const PADDING: usize = 2;

/// The rows of an answer, as far as they are shown.
pub(super) struct Rows<'t> {
    types: &'t [ColumnType],
    shown: Vec<Vec<String>>,
    count: usize,
}

impl<'t> Rows<'t> {
    /// No rows yet.
    pub(super) fn new(types: &'t [ColumnType]) -> anyhow::Result<Self> {
        if types.is_empty() {
            bail!("the answer has no columns");
        }
        Ok(Self { types, shown: Vec::new(), count: 0 })
    }

    /// Adds a row.
    pub(super) fn add(&mut self, row: Vec<Option<String>>) {
        self.count += 1;
        if self.count <= SHOWN_ROWS {
            self.shown.push(row.into_iter().map(Option::unwrap_or_default).collect());
        }
    }

    /// Writes them; no line of a table is longer than `width`.
    pub(super) fn write(&self, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
        let mut table = self.table();
        let cells = table.column_max_content_widths();
        let whole = cells.iter().map(|cell| usize::from(*cell) + PADDING).sum::<usize>() + cells.len() - 1;
        match width {
            Some(width) if whole > width && width / self.types.len() < NARROWEST => self.write_by_column(out)?,
            Some(width) if whole > width => {
                table.set_content_arrangement(ContentArrangement::Dynamic);
                table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
                writeln!(out, "{table}")?;
            }
            _ => writeln!(out, "{table}")?,
        }
        match self.count {
            1 => writeln!(out, "1 row"),
            rows if rows > SHOWN_ROWS => {
                writeln!(out, "{rows} rows, the first {SHOWN_ROWS} are shown; --format csv gives them all")
            }
            rows => writeln!(out, "{rows} rows"),
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(HEADER_LINE).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.types.iter().map(|column| &column.name));
        for (index, column) in self.types.iter().enumerate() {
            let number = ["INT", "DOUBLE", "FLOAT", "DECIMAL"].iter().any(|kind| column.data_type.contains(kind));
            if let Some(shown) = table.column_mut(index).filter(|_| number) {
                shown.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.add_rows(&self.shown);
        table
    }

    fn write_by_column(&self, out: &mut dyn Write) -> io::Result<()> {
        let longest = self.types.iter().map(|column| column.name.chars().count()).max().unwrap_or_default();
        for (number, row) in (1..).zip(&self.shown) {
            writeln!(out, "row {number}")?;
            for (column, value) in self.types.iter().zip(row) {
                writeln!(out, "  {:longest$}  {value}", column.name)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of so many columns; every cell is a word of this length.
    fn written(columns: usize, length: usize, width: Option<usize>) -> String {
        let types: Vec<ColumnType> = (0..columns)
            .map(|index| ColumnType { name: format!("column_{index}"), data_type: "VARCHAR".to_owned() })
            .collect();
        let mut rows = Rows::new(&types).unwrap();
        for letter in ["a", "b"] {
            rows.add(vec![Some(letter.repeat(length)); columns]);
        }
        let mut out = Vec::new();
        rows.write(width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn longest(text: &str) -> usize {
        text.lines().map(|line| line.chars().count()).max().unwrap()
    }

    #[test]
    fn what_fits_is_a_table_and_so_is_what_nobody_looks_at() {
        assert_eq!(written(3, 20, Some(68)), written(3, 20, None));
        let wide = written(30, 20, None);
        assert_eq!((wide.lines().count(), longest(&wide)), (5, 30 * 23 - 1));
    }

    #[test]
    fn long_cells_are_wrapped_into_the_width() {
        let text = written(3, 50, Some(80));
        assert!(longest(&text) <= 80 && text.lines().next().unwrap().contains("column_2"), "{text}");
        assert_eq!(text.matches('a').count(), 150, "{text}");
    }

    #[test]
    fn many_columns_stand_below_each_other() {
        let text = written(13, 20, Some(80));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), longest(&text)), (2 * 14 + 1, 33), "{text}");
        assert_eq!(lines[..2], ["row 1", "  column_0   aaaaaaaaaaaaaaaaaaaa"]);
        assert_eq!(lines[14], "row 2");
    }
}
