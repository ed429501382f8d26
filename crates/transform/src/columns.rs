//! Columns of models: that headers name real ones, that published ones have types every
//! reader understands, and what all of them mean.

use crate::engine::sources;
use crate::engine::sql::ColumnType;
use crate::project::{Model, Problem, Recompute};
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

/// What is wrong with the names in the header and, for what is published, with the types.
pub(crate) fn wrong(model: &Model, columns: &[BuiltColumn]) -> Vec<Problem> {
    let (file, header) = (model.path.as_str(), &model.header);
    let known = |name: &str| columns.iter().any(|column| column.name == name);
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
        let message = format!("the header names the column `{name}`, but the query has none");
        problems.push(Problem::at(file, line, message));
    }
    if model.layer.is_published() {
        let unpublishable = columns.iter().filter_map(|column| {
            let reason = unpublishable(&column.data_type)?;
            Some(Problem::of(file, format!("column `{}`: {reason}", column.name)))
        });
        problems.extend(unpublishable);
        if let Some(split) = columns.iter().find(|column| header.split.as_ref() == Some(&column.name))
            && !split.data_type.starts_with("TIMESTAMP")
            && split.data_type != "DATE"
        {
            let message = format!("`split: {}` needs a date or a timestamp, not {}", split.name, split.data_type);
            problems.push(Problem::of(file, message));
        }
    }
    problems
}

/// That columns have no meaning, if some have none. A build refuses what it would publish, and so do
/// checks whatever the layer: an analyst who asks where a number comes from reads all of them.
pub(crate) fn without_meaning(model: &Model, columns: &[BuiltColumn]) -> Option<Problem> {
    let missing: Vec<&str> = meaningless(columns).map(|column| column.name.as_str()).collect();
    let message =
        || format!("`columns:` does not say what these mean, and nothing that it reads does: {}", missing.join(", "));
    (!missing.is_empty()).then(|| Problem::of(&model.path, message()))
}

/// What to tell whoever builds models of their own in which columns are left without a meaning.
pub(crate) fn note_of_meaning(record: &BuildRecord) -> Option<String> {
    let missing = record.models.iter().flat_map(|model| meaningless(&model.columns)).count();
    let columns = match missing {
        0 => return None,
        1 => "1 column of the models has no meaning".to_owned(),
        many => format!("{many} columns of the models have no meaning"),
    };
    Some(format!("{columns}: `music-tracker check` names them"))
}

fn meaningless(columns: &[BuiltColumn]) -> impl Iterator<Item = &BuiltColumn> {
    columns.iter().filter(|column| column.description.is_none())
}

fn unpublishable(kind: &str) -> Option<String> {
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

/// The columns with their meaning: from the header, else from the first table in `reads:` that
/// has a column of that name with one. `before` knows the models that were built before.
pub(crate) fn described(model: &Model, types: Vec<ColumnType>, before: &BuildRecord) -> Vec<BuiltColumn> {
    let inherited = |name: &str| {
        model.reads().find_map(|read| match before.models.iter().find(|built| built.name == read) {
            Some(built) => built.columns.iter().find(|column| column.name == name)?.description.clone(),
            None => sources::meaning(read, name).map(str::to_owned),
        })
    };
    let column = |ColumnType { name, data_type }: ColumnType| {
        let own = model.header.columns.iter().find(|(item, _)| item.text == name);
        let description = own.map(|(_, description)| description.clone()).or_else(|| inherited(&name));
        BuiltColumn { name, data_type, description }
    };
    types.into_iter().map(column).collect()
}
