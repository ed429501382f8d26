//! One measured number, and what it is held against.

use serde::Serialize;

/// A line of the result.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The fixed name, such as `import.rows_per_s`; of a single question, that of all of them and its own.
    pub name: String,
    /// The median.
    pub value: f64,
    /// What it counts.
    pub unit: &'static str,
    /// The same of what ran side by side.
    pub against: Option<f64>,
    /// How many times better (rates) or longer (times) than that.
    pub ratio: Option<f64>,
    /// What it should be.
    pub budget: Option<String>,
    /// Whether it is.
    pub ok: bool,
}

/// What an entry should be.
pub(crate) enum Budget {
    AtLeast(f64),
    AtMost(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

impl Entry {
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, against: None, ratio: None, budget: None, ok: true }
    }

    pub(crate) fn against(mut self, other: f64) -> Self {
        self.against = Some(other);
        self.ratio = Some(self.value / other);
        self
    }

    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        let ratio = self.ratio.unwrap_or(f64::NAN);
        let (text, ok) = match budget {
            Budget::AtLeast(least) => (format!("≥ {}", grouped(least)), self.value >= least),
            Budget::AtMost(most) => (format!("≤ {}", grouped(most)), self.value <= most),
            Budget::RatioAtLeast(least) => (format!("ratio ≥ {least}"), ratio >= least),
            Budget::RatioAtMost(most) => (format!("ratio ≤ {most}"), ratio <= most),
        };
        self.ok = ok;
        self.budget = Some(text);
        self
    }
}

/// The entries as a table for people.
pub(crate) fn table(entries: &[Entry]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["", "value", "unit", "against", "ratio", "budget", ""]);
    for entry in entries {
        table.add_row([
            entry.name.clone(),
            grouped(entry.value),
            entry.unit.to_owned(),
            entry.against.map(grouped).unwrap_or_default(),
            entry.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            entry.budget.clone().unwrap_or_default(),
            if entry.ok { "ok" } else { "MISSED" }.to_owned(),
        ]);
    }
    for column in [1, 3, 4] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}

/// 1234567.8 → 1,234,568; small numbers keep a few digits.
fn grouped(value: f64) -> String {
    if value.abs() < 100.0 {
        return format!("{:.2}", value).trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(1_234_567.8), "1,234,568");
        assert_eq!(grouped(1.5), "1.5");
        assert_eq!(grouped(40.0), "40");
    }

    #[test]
    fn a_budget_is_held_against_value_or_ratio() {
        let entry = || Entry::new("x", 300.0, "rows/s").against(200.0);
        assert!(entry().budget(Budget::RatioAtLeast(1.5)).ok);
        assert!(!entry().budget(Budget::AtMost(299.0)).ok);
    }
}
