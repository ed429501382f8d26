//! What is refused before anything is built, and how it is said.

use transform::project::{Project, SqlTree};

use crate::world::{SMALL, World, failure};

/// Builds the small tree with one more file, or one replaced, and expects to be stopped with
/// exactly these lines.
#[track_caller]
fn refused(path: &str, text: &str, expected: &[&str]) {
    let world = World::with(SMALL);
    world.sql(path, text);
    let (message, exit_code) = failure(world.build());
    let root = format!("{}/", world.sql_dir().display());
    let lines: Vec<&str> = message.lines().map(|line| line.strip_prefix(root.as_str()).unwrap_or(line)).collect();
    assert_eq!(lines, expected);
    assert_eq!(exit_code, 2);
    assert!(!world.data().warehouse().exists(), "nothing was touched");
}

fn mart(reads: &str, query: &str) -> String {
    format!(
        "-- A mart.\n--\n-- grain: one row\n-- kind:  table\n-- key:   x\n-- reads: {reads}\n-- columns:\n--   x  A number.\n{query}"
    )
}

#[test]
fn the_models_inside_the_program_are_sound() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql");
    Project::of(&SqlTree::from_dir(&folder).unwrap()).unwrap();
}

#[test]
fn models_must_not_read_each_other_in_a_circle() {
    let world = World::with(SMALL);
    world.sql("3_marts/dim_a.sql", &mart("dim_b", "select x from dim_b"));
    world.sql("3_marts/dim_b.sql", &mart("dim_a", "select x from dim_a"));
    let (message, _) = failure(world.build());
    assert!(
        message.ends_with("3_marts/dim_a.sql: models read each other in a circle: dim_a → dim_b → dim_a"),
        "{message}"
    );
}

#[test]
fn a_layer_never_reads_a_later_one() {
    refused(
        "3_marts/dim_a.sql",
        &mart("rpt_totals", "select plays as x from rpt_totals"),
        &["3_marts/dim_a.sql:6: a model of 3_marts cannot read `rpt_totals` of the later 4_reporting"],
    );
}

#[test]
fn only_staging_reads_sources() {
    refused(
        "3_marts/dim_a.sql",
        &mart("src_plays", "select ms_played as x from src_plays"),
        &[
            "3_marts/dim_a.sql:6: only models in 1_staging read source tables: read the staging model of `src_plays` instead",
        ],
    );
}

#[test]
fn the_header_says_what_the_query_reads() {
    refused(
        "3_marts/dim_a.sql",
        &mart("dim_track", "select 1 as x\nfrom fct_play"),
        &[
            "3_marts/dim_a.sql:6: the header says that it reads `dim_track`, but the query does not",
            "3_marts/dim_a.sql:10: the query reads `fct_play`, but `reads:` (line 6) does not say so",
        ],
    );
}

#[test]
fn what_is_read_must_exist() {
    refused(
        "3_marts/dim_a.sql",
        &mart("dim_nothing", "select x from dim_nothing"),
        &["3_marts/dim_a.sql:6: there is no model `dim_nothing`"],
    );
    refused(
        "1_staging/stg_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  view\n-- reads: src_play\nselect * from src_play",
        &["1_staging/stg_a.sql:5: there is no source table `src_play`; there are: \
           src_plays, src_play_credits, src_rejected, src_artist_links, src_tracks, src_recordings, src_track_credits, \
           src_artists, src_artist_aliases, src_genre_votes, src_areas, src_area_parents, \
           src_area_coordinates, src_album_links, src_albums, src_album_credits, src_lookups, src_accounts, src_account_zones, \
           src_gaps, src_play_corrections, src_artist_corrections, src_rules_off, src_trips_dismissed"],
    );
}

#[test]
fn a_name_is_given_once() {
    let world = World::with(SMALL);
    world.sql("seeds/dim_track.csv", "x\n1\n");
    world.sql(
        "seeds/dim_track.sql",
        "-- Again.\n--\n-- grain: one row\n-- kind:  table\n-- reads: csv_dim_track\nselect x from csv_dim_track",
    );
    let (message, _) = failure(world.build());
    assert!(
        message.ends_with("seeds/dim_track.sql: the name `dim_track` is taken by 3_marts/dim_track.sql"),
        "{message}"
    );
}

#[test]
fn names_say_the_layer() {
    refused(
        "2_intermediate/stg_x.sql",
        "-- X.\n--\n-- grain: one row\n-- kind:  view\nselect 1 as x",
        &["2_intermediate/stg_x.sql:1: names of models in 2_intermediate begin with int_"],
    );
}

#[test]
fn models_name_no_files() {
    refused(
        "2_intermediate/int_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  view\nselect *\nfrom read_csv('x.csv')",
        &[
            "2_intermediate/int_a.sql:6: the table function `read_csv` does not run on every engine: use range, or a table",
        ],
    );
}

#[test]
fn a_model_is_one_select() {
    refused(
        "2_intermediate/int_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  view\nselect 1 as x; select 2 as x",
        &["2_intermediate/int_a.sql: expected one select, found 2 statements"],
    );
    refused(
        "2_intermediate/int_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  view\nselect 1 as x,\nfrom where",
        &["2_intermediate/int_a.sql:6: syntax error at or near \"where\""],
    );
}

#[test]
fn every_mistake_of_a_header_is_told_with_its_line() {
    refused(
        "3_marts/dim_a.sql",
        "-- A.
--
-- grain: one row
-- kind:  tabel
-- kye:   x
-- tests: uniq x
--        between x 1
--   not_null x
-- columns:
--   x
-- stray
select 1 as x",
        &[
            "3_marts/dim_a.sql:4: kind is table, view or incremental, not `tabel`",
            "3_marts/dim_a.sql:5: unknown key `kye:`; the keys are: \
             grain, kind, key, recompute, reads, sort, split, tests, columns",
            "3_marts/dim_a.sql:6: unknown test `uniq`; the tests are: \
             unique, not_null, references, accepted, between, expression",
            "3_marts/dim_a.sql:7: write `between column low high`, not `between x 1`",
            "3_marts/dim_a.sql:8: items of `tests:` stand at one indent (8 spaces here)",
            "3_marts/dim_a.sql:10: write `<column>  <description>`, not `x`",
            "3_marts/dim_a.sql:11: expected a key such as `grain:`; lines that belong to a key are indented",
        ],
    );
}

#[test]
fn a_header_must_be_there() {
    refused(
        "2_intermediate/int_a.sql",
        "select 1 as x",
        &[
            "2_intermediate/int_a.sql:1: begin the file with `-- ` and a sentence that says what this is",
            "2_intermediate/int_a.sql:1: the header lacks `grain:` (one row per …)",
            "2_intermediate/int_a.sql:1: the header lacks `kind:` (table, view or incremental)",
        ],
    );
}

#[test]
fn files_lie_where_they_belong() {
    refused(
        "5_more/x.sql",
        "select 1",
        &["5_more/x.sql: models are .sql files in 1_staging, 2_intermediate, 3_marts, 4_reporting and seeds; \
           seeds also have a .csv; tests are .sql files in tests; cases of a model or a test \
           are in <name>.cases.toml beside it"],
    );
    refused(
        "3_marts/Dim-A.sql",
        "select 1",
        &["3_marts/Dim-A.sql: names of files are lower case with `_`, without further folders: stg_plays.sql"],
    );
}

#[test]
fn a_seed_is_two_files() {
    refused(
        "seeds/rules.csv",
        "a\n1\n",
        &["seeds/rules.csv: there is no rules.sql beside it that gives its columns types"],
    );
    refused(
        "seeds/rules.sql",
        "-- R.\n--\n-- grain: one row\n-- kind:  table\nselect 1 as x",
        &["seeds/rules.sql: there is no rules.csv beside it"],
    );
}

#[test]
fn tests_refer_to_models_that_exist() {
    refused(
        "3_marts/dim_a.sql",
        "-- A.\n--\n-- grain: one row\n-- kind:  table\n-- key:   x\n-- tests: references x dim_b.x\nselect 1 as x",
        &["3_marts/dim_a.sql:6: there is no model `dim_b`"],
    );
    refused(
        "tests/nonsense.sql",
        "-- It holds.\nselect * from nothing",
        &["tests/nonsense.sql:2: there is no table `nothing`"],
    );
}

#[test]
fn an_empty_folder_is_no_tree() {
    let world = World::empty();
    std::fs::create_dir_all(world.sql_dir()).unwrap();
    let (message, exit_code) = failure(world.build());
    assert!(message.starts_with("there are no SQL models in "), "{message}");
    assert_eq!(exit_code, 2);
}
