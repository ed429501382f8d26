// Shared by the build scripts of the crates that link DuckDB (with `#[path]`): finds the
// prebuilt library at build time and makes binaries and tests find it at run time.

use std::env;
use std::path::{Path, PathBuf};

/// Emits the linker arguments, or stops the build with the ways to get the library. `links` says
/// what they are for: `rustc-link-arg` for all programs and tests, `rustc-link-arg-tests` for tests.
pub(crate) fn link_duckdb(links: &str) {
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_FEATURE_BUNDLED").is_some() {
        return;
    }
    let macos = env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|os| os == "macos");
    let origin = if macos { "@loader_path" } else { "$ORIGIN" };
    let mut places = vec![origin.to_owned(), format!("{origin}/../lib"), format!("{origin}/deps")];
    let folder = env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from);
    let file = if macos { "libduckdb.dylib" } else { "libduckdb.so" };
    match folder.as_deref() {
        Some(folder) if folder.join(file).is_file() => {
            println!("cargo::rerun-if-changed={}", folder.join(file).display());
            places.insert(0, absolute(folder).display().to_string());
        }
        _ => stop(file, folder.as_deref()),
    }
    for place in places {
        println!("cargo::{links}=-Wl,-rpath,{place}");
    }
}

fn absolute(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

fn stop(file: &str, folder: Option<&Path>) -> ! {
    let looked = folder.map_or("nowhere (DUCKDB_LIB_DIR is not set)".to_owned(), |it| it.display().to_string());
    for line in [
        format!("{file} was not found; looked in: {looked}"),
        "choose one of these ways:".to_owned(),
        "  make build                          fetches the official library once (scripts/fetch-duckdb.sh)".to_owned(),
        "  DUCKDB_LIB_DIR=/folder make build   uses a library you have (DuckDB 1.5)".to_owned(),
        "  make build BUNDLED=1                compiles DuckDB from source (most of an hour on 2 cores)".to_owned(),
    ] {
        println!("cargo::error={line}");
    }
    std::process::exit(1)
}
