//! Columns of models: that headers name real ones, that published ones have types every
//! reader understands, and what they mean.

use anyhow::bail;

use crate::engine::sql::ColumnType;
use crate::project::{Model, Recompute};
use crate::record::{BuildRecord, BuiltColumn};

/// Types that Parquet, DuckDB 1.5 and Metabase's driver all read as the same scalar.
const SCALARS: &[&str] = &[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "VARCHAR",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE",
    "UUID",
];

/// Checks the names in the header and, for what is published, the types.
pub(crate) fn check_columns(file: &str, model: &Model, types: &[ColumnType]) -> anyhow::Result<()> {
    let header = &model.header;
    let known = |name: &str| types.iter().any(|column| column.name == name);
    let mut problems = Vec::new();
    let mut named: Vec<(usize, &str)> = Vec::new();
    named.extend(header.key.iter().chain(&header.sort).chain(&header.split).map(|name| (1, name.as_str())));
    if let Some(Recompute::By { key, .. }) = &header.recompute {
        named.extend(key.iter().map(|name| (1, name.as_str())));
    }
    named.extend(header.columns.iter().map(|(item, _)| (item.line, item.text.as_str())));
    for test in &header.tests {
        named.extend(test.check.columns().into_iter().map(|name| (test.line, name)));
    }
    for (line, name) in named.into_iter().filter(|(_, name)| !known(name)) {
        problems.push(format!("{file}:{line}: the header names the column `{name}`, but the query has none"));
    }
    if model.layer.is_published() {
        for column in types {
            problems.extend(unpublishable(column).map(|reason| format!("{file}: column `{}`: {reason}", column.name)));
        }
        if let Some(split) = types.iter().find(|column| header.split.as_ref() == Some(&column.name))
            && !split.data_type.starts_with("TIMESTAMP")
            && split.data_type != "DATE"
        {
            problems
                .push(format!("{file}: `split: {}` needs a date or a timestamp, not {}", split.name, split.data_type));
        }
    }
    problems.dedup();
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}

fn unpublishable(column: &ColumnType) -> Option<String> {
    let kind = column.data_type.as_str();
    if SCALARS.contains(&kind) || kind.starts_with("DECIMAL(") {
        return None;
    }
    Some(match kind {
        "HUGEINT" | "UHUGEINT" => {
            format!("{kind} becomes an inexact DOUBLE in Parquet: write `cast(sum(…) as bigint)`")
        }
        _ => format!("dashboards cannot read the type {kind}: publish scalars only"),
    })
}

/// The columns with their meaning: from the header, else from the first model in `reads:`
/// that has a column of that name. A published column without any is refused.
pub(crate) fn described(
    file: &str,
    model: &Model,
    types: Vec<ColumnType>,
    before: &BuildRecord,
) -> anyhow::Result<Vec<BuiltColumn>> {
    let inherited = |name: &str| {
        model
            .reads()
            .filter_map(|read| before.models.iter().find(|built| built.name == read))
            .flat_map(|built| &built.columns)
            .find(|column| column.name == name && column.description.is_some())
            .and_then(|column| column.description.clone())
    };
    let mut missing = Vec::new();
    let mut columns = Vec::new();
    for ColumnType { name, data_type } in types {
        let own = model.header.columns.iter().find(|(item, _)| item.text == name);
        let description = own.map(|(_, description)| description.clone()).or_else(|| inherited(&name));
        if description.is_none() && model.layer.is_published() {
            missing.push(name.clone());
        }
        columns.push(BuiltColumn { name, data_type, description });
    }
    if !missing.is_empty() {
        let missing = missing.join(", ");
        bail!("{file}: `columns:` does not say what these mean, and no model it reads does: {missing}");
    }
    Ok(columns)
}
