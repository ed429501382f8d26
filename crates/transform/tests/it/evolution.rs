//! Models come, go and change their shape, and so does the program: the next build does the right
//! thing by itself, and whoever reads what was there before goes on reading it.

use std::fs;

use duckdb::Connection;
use serde_json::json;
use transform::jobs;

use crate::publishing::dashboard;
use crate::world::{World, names_in, one_value};

const TOTALS: &str = "4_reporting/rpt_totals.sql";
const FACT: &str = "3_marts/fct_play.sql";

/// A change of the models, a question about the new shape, and its answer.
type Change = (&'static str, fn(&World), &'static str, &'static str);

const CHANGES: &[Change] = &[
    ("a model is added", added, "select listeners from rpt_listeners", "1"),
    ("a model is removed", removed, "select count(*) from (show tables) where name = 'rpt_totals'", "0"),
    ("a column is added", column_added, "select sum(minutes) from fct_play", "0.05"),
    (
        "a column is removed",
        column_removed,
        "select count(*) from (describe fct_play) where column_name = 'track_name'",
        "0",
    ),
    ("a column is renamed", column_renamed, "select milliseconds from rpt_totals", "3000"),
    ("a column has another type", column_retyped, "select typeof(ms) || ' ' || ms from rpt_totals", "DOUBLE 3000.0"),
    ("a view becomes a table", view_to_table, "select plays from rpt_totals", "2"),
];

fn added(world: &World) {
    world.sql(
        "4_reporting/rpt_listeners.sql",
        "-- How many listen?\n--\n-- grain: one row\n-- kind:  table\n-- reads: fct_play\n-- columns:\n--   listeners  Accounts with a play.\n\
         select count(distinct account_id) as listeners from fct_play",
    );
}

fn removed(world: &World) {
    fs::remove_file(world.sql_dir().join(TOTALS)).unwrap();
}

fn column_added(world: &World) {
    world.edit(FACT, "--   ms_played", "--   minutes  Minutes listened.\n--   ms_played");
    world.edit(FACT, "select *", "select *, ms_played / 6e4 as minutes");
}

fn column_removed(world: &World) {
    world.edit(FACT, "--   track_name  What was heard.\n", "");
    world.edit(FACT, "select *", "select play_id, account_id, ended_at, ms_played");
    fs::remove_file(world.sql_dir().join("tests/plays_have_tracks.sql")).unwrap();
}

fn column_renamed(world: &World) {
    world.edit(TOTALS, "--   ms  ", "--   milliseconds  ");
    world.edit(TOTALS, "as ms", "as milliseconds");
}

fn column_retyped(world: &World) {
    world.edit(TOTALS, "as bigint", "as double");
}

fn view_to_table(world: &World) {
    world.edit(TOTALS, "kind:  view", "kind:  table");
}

#[test]
fn models_change_and_what_was_published_before_stays_readable() {
    for (what, change, question, answer) in CHANGES {
        let mut world = World::small();
        world.refresh().unwrap();
        let (old, old_hash) = (dashboard(&world, world.data().root()), world.ddl_hash());
        world.later(1);
        change(&world);
        world.refresh().unwrap();
        assert_eq!(world.published(question), *answer, "{what}");
        if old_hash != world.ddl_hash() {
            assert_eq!(names_in(&world.data().processed().join(&old_hash)).len(), 2, "{what}: the old run stays");
        }
        assert_eq!(one_value(&old, "select plays || ' ' || ms from rpt_totals"), "2 3000", "{what}: the old views");
        let anew = world.copy();
        jobs::refresh(&anew.context(), Some(&anew.sql_dir()), true).unwrap();
        assert_eq!(shape(&world), shape(&anew), "{what}: as if it had been built so from the beginning");
    }
}

/// All tables and views of a warehouse with their columns and types.
fn shape(world: &World) -> Vec<String> {
    let duckdb = Connection::open(world.data().warehouse()).unwrap();
    let columns = "select table_name || '.' || column_name || ' ' || data_type from duckdb_columns()
                   where schema_name = 'main' and not internal order by table_name, column_index";
    let mut columns = duckdb.prepare(columns).unwrap();
    columns.query_map([], |row| row.get(0)).unwrap().collect::<duckdb::Result<_>>().unwrap()
}

#[test]
fn what_another_version_of_the_program_built_is_built_anew() {
    let world = World::small();
    world.refresh().unwrap();
    let published = names_in(&world.data().processed().join("current"));
    {
        // Another version may have made the same table otherwise, from the same text.
        let warehouse = Connection::open(world.data().warehouse()).unwrap();
        let mine = format!(r#""program":"{}""#, env!("CARGO_PKG_VERSION"));
        let told = warehouse.execute(r#"update _build set record = replace(record, ?, '"program":"0.0.1"')"#, [&mine]);
        assert_eq!(told.unwrap(), 1);
        warehouse
            .execute_batch(
                "alter table fct_play drop column ms_played;
                 update fct_play set track_name = 'of another version'",
            )
            .unwrap();
        let record: String = warehouse.query_row("select record from _build", [], |row| row.get(0)).unwrap();
        assert!(record.contains("0.0.1"), "{record}");
    }
    let summary = world.refresh().unwrap();
    assert_eq!((&summary.counts["models"], &summary.counts["models_unchanged"]), (&json!(4), &json!(0)));
    assert_eq!(world.warehouse("select string_agg(track_name, ' ' order by play_id) from fct_play"), "One Two");
    assert_eq!(world.warehouse("select ms from rpt_totals"), "3000");
    assert_eq!(names_in(&world.data().processed().join("current")), published, "no row is another one");
}
