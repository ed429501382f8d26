//! How a DuckDB session is set up.

use std::path::{Path, PathBuf};

use duckdb::{Config, Connection};
use platform::{DataDir, Settings, Stop};

use super::sql::{literal, path_literal, quoted};

/// Spark's function names, as macros.
pub(crate) const PRELUDE: &str = include_str!("prelude_duckdb.sql");

/// Rows of a row group, in the warehouse and in what is published. DuckDB holds a whole one, unpacked,
/// while it makes it: its own 122,880 took more memory than all else, and were no faster. Readers
/// skip the groups that cannot hold what they look for, and smaller ones are skipped more often.
pub(crate) const ROW_GROUP_ROWS: usize = 30_720;

/// What a session may use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// DuckDB's `memory_limit`, such as `400MB`; its own choice when absent.
    pub(crate) memory: Option<String>,
    /// DuckDB's `threads`; one for each core when absent.
    pub(crate) threads: Option<u32>,
    /// A folder in which DuckDB logs every statement of the warehouse.
    pub(crate) query_log: Option<PathBuf>,
}

impl Limits {
    /// The limits in the settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        let settings = &settings.transform;
        Self { memory: settings.memory_limit.clone(), threads: settings.threads, query_log: settings.query_log.clone() }
    }
}

/// Opens a session in memory.
pub(crate) fn open(limits: &Limits, spill: &Path) -> anyhow::Result<Connection> {
    let config = config(limits)?.with("temp_directory", spill.to_string_lossy())?;
    let duckdb = Connection::open_in_memory_with_flags(config)?;
    if let Some(folder) = &limits.query_log {
        let folder = literal(&folder.to_string_lossy());
        duckdb.execute_batch(&format!("call enable_logging('QueryLog', storage = 'file', storage_path = {folder})"))?;
    }
    duckdb.execute_batch("set TimeZone = 'UTC'")?;
    // Memory that DuckDB has given up goes back to the system soon, not after seconds: the peak of a build
    // of a million plays is a quarter lower. But not each megabyte of it: every grouping takes one or two,
    // and to get them anew each time was a seventh of a small build.
    duckdb.execute_batch(
        "set allocator_background_threads = true;
         set allocator_flush_threshold = '1MB';
         set allocator_bulk_deallocation_flush_threshold = '8MB'",
    )?;
    // Half of what it took to write the warehouse was this way of packing texts, which made the
    // file a sixth smaller. And what DuckDB keeps of the typed files, of which there is one for each
    // month, was a tenth of all memory and saved no time: the system keeps files, too.
    // What is at their ends, by which DuckDB finds the rest, it keeps: every model that reads them asks for it.
    duckdb.execute_batch(
        "set disabled_compression_methods = 'fsst';
         set enable_external_file_cache = false;
         set parquet_metadata_cache = true",
    )?;
    // A commit goes to the file itself: what is built is worth nothing before it is whole, so that a log
    // would only write it twice.
    duckdb.execute_batch("set checkpoint_threshold = '1KB'")?;
    Ok(duckdb)
}

/// Drops the temporary tables of a session, which outlive the file that it is taken out of.
pub(crate) fn forget_temporary(duckdb: &Connection) -> duckdb::Result<()> {
    let mut query = duckdb.prepare("select table_name from duckdb_tables() where database_name = 'temp'")?;
    let names: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<duckdb::Result<_>>()?;
    names.iter().try_for_each(|name| duckdb.execute_batch(&format!("drop table temp.{}", quoted(name))))
}

/// What the file of the warehouse is called within the session.
pub(crate) const DATABASE: &str = "warehouse";

/// Takes the session into the database at `path`, which is made if it is not there. Attached, since only
/// then can the size of row groups be said.
pub(crate) fn attach(duckdb: &Connection, path: &Path) -> anyhow::Result<()> {
    let path = path_literal(path);
    Ok(duckdb
        .execute_batch(&format!("attach {path} as {DATABASE} (row_group_size {ROW_GROUP_ROWS}); use {DATABASE}"))?)
}

/// Takes the session out of the database it is in.
pub(crate) fn detach(duckdb: &Connection) -> anyhow::Result<()> {
    Ok(duckdb.execute_batch(&format!("use memory; detach database if exists {DATABASE}"))?)
}

/// Whether there is a database at `path` that can be opened.
pub(crate) fn look_into(duckdb: &Connection, path: &Path) -> anyhow::Result<()> {
    read_only(duckdb, path, || Ok(()))
}

/// Does `work` in the database at `path`, which is not changed.
pub(crate) fn read_only<T>(
    duckdb: &Connection,
    path: &Path,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    duckdb.execute_batch(&format!("attach {} as old (read_only); use old", path_literal(path)))?;
    let done = work();
    duckdb.execute_batch("use memory; detach old")?;
    done
}

fn config(limits: &Limits) -> anyhow::Result<Config> {
    // Nothing is ever fetched: what models need is inside the library. Only the sources of
    // DuckDB in the crate hold no time zones, so a build from source gets those once.
    let fetch = if cfg!(feature = "bundled") { "true" } else { "false" };
    let mut config = Config::default()
        .with("autoinstall_known_extensions", fetch)?
        .with("autoload_known_extensions", fetch)?
        // Spark's order; DuckDB's own is nulls last.
        .with("default_null_order", "nulls_first_on_asc_last_on_desc")?
        // Order is stated where it matters; without this, big tables are buffered.
        .with("preserve_insertion_order", "false")?;
    if let Some(memory) = &limits.memory {
        let no_size =
            |_| Stop::Usage(format!("MUSIC_TRANSFORM__MEMORY_LIMIT is {memory:?}: write a size such as 400MB or 2GB"));
        config = config.with("memory_limit", memory).map_err(no_size)?;
    }
    if let Some(threads) = limits.threads.filter(|threads| *threads > 0) {
        config = config.threads(i64::from(threads))?;
    }
    Ok(config)
}

/// Makes the session resolve relative file names from the data folder, so that views hold
/// no absolute path and the folder can be moved.
pub(crate) fn resolve_from(duckdb: &Connection, data: &DataDir) -> anyhow::Result<()> {
    let root = std::path::absolute(data.root())?;
    // The search path is a list with commas; there is no way to quote one.
    anyhow::ensure!(
        !root.to_string_lossy().contains(','),
        platform::Stop::Usage(format!(
            "DuckDB cannot find files in a folder with a comma in its name: {}",
            root.display()
        ))
    );
    duckdb.execute_batch(&format!("set file_search_path = {}", literal(&root.to_string_lossy())))?;
    Ok(())
}
