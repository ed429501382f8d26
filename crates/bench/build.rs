//! Links DuckDB so that it is found at run time.

#![allow(clippy::disallowed_methods, reason = "a build script is told everything by the environment")]

#[path = "../transform/rpath.rs"]
mod rpath;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../transform/rpath.rs");
    rpath::link_duckdb("rustc-link-arg");
}
