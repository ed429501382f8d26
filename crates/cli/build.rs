//! Lets the tests of this crate find DuckDB at run time.

#[path = "../transform/rpath.rs"]
mod rpath;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../transform/rpath.rs");
    rpath::link_duckdb();
}
