//! Which files of `data/src` are live.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use platform::{DataDir, JobContext};
use serde::Deserialize;

use crate::engine::sources::Sources;

#[derive(Deserialize)]
struct Manifest {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    schema_version: u32,
}

/// Reads the manifests and the accounts.
pub(crate) fn sources(context: &JobContext) -> anyhow::Result<Sources> {
    let state = context.state()?;
    Ok(Sources { files: files(&context.data)?, accounts: state.accounts()?, zones: state.zones()? })
}

/// The live files of every table, by schema version, as absolute paths.
pub(crate) fn files(data: &DataDir) -> anyhow::Result<BTreeMap<String, BTreeMap<u32, Vec<String>>>> {
    let mut tables = BTreeMap::new();
    for table in crate::engine::sources::typed_tables() {
        let folder = std::path::absolute(data.src().join(table))?;
        tables.insert(table.to_owned(), live(&folder)?);
    }
    Ok(tables)
}

fn live(folder: &Path) -> anyhow::Result<BTreeMap<u32, Vec<String>>> {
    let path = folder.join("manifest.json");
    let mut versions: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    if path.exists() {
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let manifest: Manifest =
            serde_json::from_str(&text).with_context(|| format!("{} is no manifest", path.display()))?;
        for file in manifest.files {
            let path = folder.join(&file.path).to_string_lossy().into_owned();
            versions.entry(file.schema_version).or_default().push(path);
        }
    }
    Ok(versions)
}
