//! The `src_` tables that staging models read.
//!
//! Typed Parquet becomes a view over the files that its manifest names, with every column of
//! the newest schema: what an older file lacks is null, what a newer one adds is left out,
//! and without any file the view is empty but has the right types. Where there are few rows, it
//! becomes a table. The rest are [snapshots](super::snapshots).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use duckdb::Connection;
use lake::built::{Marks, mark, number_of, of_manifest};
use lake::manifest::part_path;
use lake::schema::{PLAYS, all_tables};
use lake::{Column, Manifest, Table};
use platform::JobContext;
use platform::state::{Account, AccountZone, Gap};

use super::meanings;
use super::snapshots::{self, SNAPSHOTS};
use super::sql::{drop_other_kind, kind, literal, quoted};
use crate::basis::Basis;
use crate::corrections::Corrections;

/// A live file of observations.
#[derive(Debug, Clone)]
pub(crate) struct PlaysFile {
    /// The path from the data folder.
    pub path: String,
    /// The version of the table's schema it was written with.
    pub version: u32,
    /// How many rows it has.
    pub rows: u64,
    /// Another number, when it is another file: files are put in place whole and never changed then, but
    /// a replay may put one in the place of another.
    pub mark: u64,
}

/// What there is to read at the moment of a build.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// What all this amounts to, when it is read for a build of everything.
    pub basis: Option<Basis>,
    /// Live files by table and schema version, as paths from the data folder.
    pub files: BTreeMap<String, BTreeMap<u32, Vec<String>>>,
    /// What each table's manifest said when they were read.
    pub states: BTreeMap<String, String>,
    /// How many rows each of these tables has, by its manifest.
    pub rows: BTreeMap<String, u64>,
    /// The live files of observations.
    pub plays: Vec<PlaysFile>,
    /// Everyone whose listening is kept.
    pub accounts: Vec<Account>,
    /// Where they were, when.
    pub zones: Vec<AccountZone>,
    /// When sources may have lost plays.
    pub gaps: Vec<Gap>,
    /// What people said about all this.
    pub corrections: Corrections,
}

impl Sources {
    /// With the files as paths from `folder`, for a session that does not look from the data folder.
    pub(crate) fn below(mut self, folder: &Path) -> Self {
        let files = self.files.values_mut().flat_map(BTreeMap::values_mut).flatten();
        for path in files.chain(self.plays.iter_mut().map(|file| &mut file.path)) {
            *path = folder.join(&*path).to_string_lossy().into_owned();
        }
        self
    }

    /// How many observations there are, by the manifest.
    pub(crate) fn count_of_plays(&self) -> u64 {
        self.rows.get(PLAYS.name).copied().unwrap_or_default()
    }

    /// What each `src_` table would be made of.
    pub(crate) fn marks(&self) -> Marks {
        let typed = all_tables().map(|table| {
            let view = typed(table, self.files.get(table.name));
            (format!("src_{}", table.name), mark((view, self.states.get(table.name))))
        });
        let snapshots = SNAPSHOTS.iter().map(|snapshot| {
            let (name, columns) = snapshot;
            (format!("src_{name}"), mark((columns, snapshots::rows(self, name))))
        });
        typed.chain(snapshots).collect()
    }
}

/// All names a staging model may read.
pub(crate) fn names() -> impl Iterator<Item = String> {
    let typed = all_tables().map(|table| table.name);
    typed.chain(SNAPSHOTS.iter().map(|(name, _)| *name)).map(|name| format!("src_{name}"))
}

/// A column of a source table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SourceColumn {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its type, as it is written in SQL.
    pub(crate) data_type: &'static str,
    /// What it means.
    pub(crate) meaning: Option<&'static str>,
}

impl SourceColumn {
    /// The type as DuckDB names it where it tells the columns of a table.
    pub(crate) fn duckdb_type(&self) -> &'static str {
        match self.data_type {
            "varchar" => "VARCHAR",
            "bigint" => "BIGINT",
            "double" => "DOUBLE",
            "boolean" => "BOOLEAN",
            "timestamptz" => "TIMESTAMP WITH TIME ZONE",
            other => other,
        }
    }
}

/// All source tables with their columns.
pub(crate) fn columns() -> impl Iterator<Item = (String, Vec<SourceColumn>)> {
    let of = |table: &str, (name, data_type): (&'static str, &'static str)| SourceColumn {
        name,
        data_type,
        meaning: meanings::meaning(table, name),
    };
    let typed = all_tables().map(move |table| {
        let columns = table.columns.iter().map(|column| of(table.name, (column.name, column.column_type.sql())));
        (table.name, columns.collect())
    });
    let snapshots =
        SNAPSHOTS.iter().map(move |(name, columns)| (*name, columns.iter().map(|column| of(name, *column)).collect()));
    typed.chain(snapshots).map(|(name, columns): (&str, Vec<SourceColumn>)| (format!("src_{name}"), columns))
}

/// What a column of a source table means; nothing for other tables.
pub(crate) fn meaning(table: &str, column: &str) -> Option<&'static str> {
    meanings::meaning(table.strip_prefix("src_")?, column)
}

/// Whether there is a source table of that name.
pub(crate) fn exists(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Reads the manifests and the accounts.
pub(crate) fn sources(context: &JobContext) -> anyhow::Result<Sources> {
    let mut files: BTreeMap<String, BTreeMap<u32, Vec<String>>> = BTreeMap::new();
    let (mut states, mut rows, mut plays) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for table in all_tables() {
        let manifest = Manifest::read(&context.data, table)?;
        states.insert(table.name.to_owned(), of_manifest(&manifest));
        rows.insert(table.name.to_owned(), manifest.files.iter().map(|part| part.rows).sum());
        let versions = files.entry(table.name.to_owned()).or_default();
        for part in manifest.files {
            // The session looks from the data folder, so that the folder can be moved.
            let whole_path = part_path(&context.data, table, &part);
            let path = whole_path.strip_prefix(context.data.root()).unwrap_or(&whole_path);
            let path = path.to_string_lossy().into_owned();
            if table.name == PLAYS.name {
                let put_in_place = fs::metadata(&whole_path).and_then(|file| file.modified()).ok();
                let mark = number_of((&path, part.rows, part.bytes, put_in_place));
                plays.push(PlaysFile { path: path.clone(), version: part.schema_version, rows: part.rows, mark });
            }
            versions.entry(part.schema_version).or_default().push(path);
        }
    }
    let state = context.state()?;
    let accounts = state.accounts()?;
    Ok(Sources {
        basis: None,
        files,
        states,
        rows,
        plays,
        zones: state.zones()?,
        gaps: state.gaps()?,
        corrections: Corrections::read(&context.data, &accounts)?,
        accounts,
    })
}

/// How many observations there are, by the manifest alone.
pub(crate) fn plays(context: &JobContext) -> anyhow::Result<u64> {
    Ok(Manifest::read(&context.data, &PLAYS)?.files.iter().map(|part| part.rows).sum())
}

/// A table with so many rows or fewer is read once, instead of by each model that reads its staging
/// model: to look into a file takes longer than to read so little of it, and there may be many files.
const FEW_ROWS: u64 = 10_000;

/// Makes the `src_` tables that `wanted` names; `there` is what
/// the file holds, and whether it is a view.
pub(crate) fn register(
    duckdb: &Connection,
    sources: &Sources,
    there: &BTreeMap<String, bool>,
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<()> {
    for table in all_tables() {
        let (name, rows) = (format!("src_{}", table.name), sources.rows.get(table.name).copied().unwrap_or_default());
        if !wanted(&name) {
            continue;
        }
        // An empty view costs nothing at all.
        let is_view = rows == 0 || rows > FEW_ROWS;
        drop_other_kind(duckdb, there, &name, is_view)?;
        make(duckdb, sources, table, kind(is_view))?;
    }
    for snapshot in SNAPSHOTS.iter().filter(|(name, _)| wanted(&format!("src_{name}"))) {
        snapshots::make(duckdb, snapshot, &snapshots::rows(sources, snapshot.0))?;
    }
    Ok(())
}

/// Makes the views over typed Parquet alone.
pub(crate) fn register_typed(duckdb: &Connection, sources: &Sources) -> anyhow::Result<()> {
    for table in all_tables() {
        make(duckdb, sources, table, kind(true))?;
    }
    Ok(())
}

fn make(duckdb: &Connection, sources: &Sources, table: &Table, kind: &str) -> duckdb::Result<()> {
    let select = typed(table, sources.files.get(table.name));
    duckdb.execute_batch(&format!("create or replace {kind} src_{} as {select}", table.name))
}

/// A query for the rows of some files of one schema version, and for the place of each one's file in this
/// list, `file_index`.
pub(crate) fn rows_of_files(table: &Table, version: u32, files: &[&str]) -> String {
    let list = |item: fn(&Column) -> String| table.columns.iter().map(item).collect::<Vec<_>>().join(", ");
    let paths = files.iter().map(|file| literal(file)).collect::<Vec<_>>().join(", ");
    let read = format!("read_parquet([{paths}], hive_partitioning = false)");
    let nulls = list(|column| format!("cast(null as {}) as {}", column.column_type.sql(), quoted(column.name)));
    let nothing = format!("select {nulls}, cast(null as ubigint) as file_index where false");
    let casts = list(|column| format!("cast({0} as {1}) as {0}", quoted(column.name), column.column_type.sql()));
    match files {
        [] => nothing,
        _ if version == table.version => {
            format!("select {}, file_index from {read}", list(|column| quoted(column.name)))
        }
        _ => format!("select {casts}, file_index from ({nothing} union all by name select *, file_index from {read})"),
    }
}

/// Files of one schema version are alike, so DuckDB looks into one of them to learn their
/// columns; versions are then joined by name. (`union_by_name` over all files would open
/// each of them every time a query is planned.) Where there is but this program's own version,
/// nothing needs joining, and every question is planned a quarter faster.
fn typed(table: &Table, files: Option<&BTreeMap<u32, Vec<String>>>) -> String {
    let list = |item: fn(&Column) -> String| table.columns.iter().map(item).collect::<Vec<_>>().join(", ");
    let casts = list(|column| format!("cast({0} as {1}) as {0}", quoted(column.name), column.column_type.sql()));
    let nulls = list(|column| format!("cast(null as {}) as {}", column.column_type.sql(), quoted(column.name)));
    let read = |files: &Vec<String>| {
        let files = files.iter().map(|file| literal(file)).collect::<Vec<_>>().join(", ");
        format!("read_parquet([{files}], hive_partitioning = false)")
    };
    let versions: Vec<_> = files.into_iter().flatten().filter(|(_, files)| !files.is_empty()).collect();
    match versions[..] {
        [] => format!("select {nulls} where false"),
        [(version, files)] if *version == table.version => {
            format!("select {} from {}", list(|column| quoted(column.name)), read(files))
        }
        _ => {
            let versions: String =
                versions.iter().map(|(_, files)| format!(" union all by name select * from {}", read(files))).collect();
            format!("select {casts} from (select {nulls} where false{versions})")
        }
    }
}
