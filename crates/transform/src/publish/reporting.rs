//! `reporting-<ddl-hash>.duckdb`: views and comments, no data. Dashboards open it read-only
//! and keep it open for ever; it never changes once it is there.

use std::fs;

use anyhow::Context;
use platform::DataDir;
use platform::files::{partial_path, put_in_place, remove_if_there};

use super::views::View;
use crate::engine::session::{self, Limits};
use crate::engine::sql::path_literal;
use crate::record::BuiltModel;

/// Makes the file when it is not there; says whether it was made. The Parquet files of the
/// hash must be in place already: DuckDB looks into them to check the views.
pub(crate) fn ensure(data: &DataDir, ddl_hash: &str, models: &[&BuiltModel]) -> anyhow::Result<bool> {
    let path = data.reporting().join(format!("reporting-{ddl_hash}.duckdb"));
    if path.exists() {
        return Ok(false);
    }
    fs::create_dir_all(data.reporting())?;
    let partial = partial_path(&path);
    remove_if_there(&partial)?;
    let duckdb = session::open(&Limits::default(), &data.work("transform"))?;
    session::resolve_from(&duckdb, data)?;
    // The oldest format: every reader since DuckDB 1.0 opens it.
    duckdb.execute_batch(&format!("attach {} as reporting (storage_version 'v1.0.0')", path_literal(&partial)))?;
    // One transaction: each one is synced to the disk.
    duckdb.execute_batch("begin transaction")?;
    for model in models {
        let ddl = View::of_model(model).ddl("reporting.main", &format!("processed/{ddl_hash}/current"));
        duckdb.execute_batch(&ddl).with_context(|| format!("making the view {}", model.name))?;
    }
    duckdb.execute_batch("commit; checkpoint reporting; detach reporting")?;
    fs::File::options().write(true).open(&partial)?.sync_all()?;
    let mut permissions = fs::metadata(&partial)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&partial, permissions)?;
    put_in_place(&partial, &path).with_context(|| format!("putting {} in place", path.display()))?;
    Ok(true)
}
