//! What databases hold, as text: in their files texts are compressed or cut into pieces.

use std::fs;
use std::path::Path;

use duckdb::{AccessMode, Config};
use memchr::memmem;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

/// Everything in a DuckDB file: each row of each table and view, and how they were made. Views find
/// their files from `data`.
pub(crate) fn duckdb_text(file: &Path, data: &Path) -> String {
    let copy = TempDir::new().unwrap();
    let path = copy.path().join("copy.duckdb");
    fs::copy(file, &path).unwrap();
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    let duckdb = duckdb::Connection::open_with_flags(&path, config).unwrap();
    duckdb.execute_batch(&format!("set TimeZone = 'UTC'; set file_search_path = '{}'", data.display())).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        let mut query = duckdb.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let rows = query.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        rows.filter_map(|row| row.unwrap_or_else(|error| panic!("{sql}: {error}"))).collect()
    };
    let mut all = Vec::new();
    for catalog in ["duckdb_tables()", "duckdb_views()", "duckdb_columns()", "duckdb_constraints()"] {
        all.extend(texts(&format!("select one::varchar from {catalog} as one where database_name = 'copy'")));
    }
    let places = "select format('\"{}\".\"{}\"', table_schema, table_name) from information_schema.tables
                  where table_catalog = 'copy'";
    for place in texts(places) {
        all.extend(texts(&format!("select one::varchar from {place} as one")));
    }
    all.join("\n")
}

/// Everything in a SQLite file that no program has open.
pub(crate) fn sqlite_text(file: &Path) -> String {
    let copy = TempDir::new().unwrap();
    for ending in ["", "-wal"] {
        let name = format!("{}{ending}", file.display());
        if Path::new(&name).exists() {
            fs::copy(&name, copy.path().join(format!("copy.db{ending}"))).unwrap();
        }
    }
    let sqlite = rusqlite::Connection::open(copy.path().join("copy.db")).unwrap();
    let text = |sql: &str| -> Vec<String> {
        let mut query = sqlite.prepare(sql).unwrap();
        let width = query.column_count();
        let mut rows = query.query([]).unwrap();
        let mut texts = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            texts.extend((0..width).map(|column| match row.get_ref(column).unwrap() {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Null => String::new(),
            }));
        }
        texts
    };
    let mut all = text("select sql from sqlite_schema");
    for table in text("select name from sqlite_schema where type = 'table'") {
        all.extend(text(&format!("select * from \"{table}\"")));
    }
    all.join("\n")
}

#[test]
fn a_text_that_no_byte_search_finds_is_found() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("some.duckdb");
    let duckdb = duckdb::Connection::open(&file).unwrap();
    duckdb
        .execute_batch(
            "pragma force_compression = 'fsst';
             create table plays as select 'planted-secret-' || number as track_name from range(50000) as all_numbers(number);
             create view planted as select 'planted-in-a-' || 'view' as words;
             checkpoint",
        )
        .unwrap();
    duckdb.close().unwrap();
    let secret = "planted-secret-31415";
    assert!(memmem::find(&fs::read(&file).unwrap(), secret.as_bytes()).is_none(), "it is compressed in the file");
    let text = duckdb_text(&file, folder.path());
    assert!(text.contains(secret) && text.contains("planted-in-a-view"));
}
