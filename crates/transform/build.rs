//! Links DuckDB so that it is found at run time, and puts the SQL models into the program.

#![allow(clippy::disallowed_methods, reason = "a build script is told everything by the environment")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

#[path = "rpath.rs"]
mod rpath;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=rpath.rs");
    rpath::link_duckdb("rustc-link-arg");
    embed_sql(&manifest_dir().join("../../sql"))
}

/// Writes `sql_tree.rs`: a list of (path below sql/, text). A packaged program then needs no
/// files beside it.
fn embed_sql(root: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    if root.is_dir() {
        collect(root, &mut files)?;
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(root).map_err(io::Error::other)?;
        let full = fs::canonicalize(file)?;
        writeln!(code, "    ({:?}, include_str!({:?})),", name.display().to_string(), full.display().to_string())
            .map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::File::create(out.join("sql_tree.rs"))?.write_all(code.as_bytes())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "sql" || ending == "csv") {
            files.push(path);
        }
    }
    Ok(())
}

fn manifest_dir() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}
