//! Readers while the pipeline writes: no error, no half-built state.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use duckdb::{AccessMode, Config, Connection};
use transform::jobs;
use transform::query::Format;

use crate::world::World;

/// Every generation has as many plays as its number says, each with that number as its
/// milliseconds, so any mixture of generations shows.
fn generation(world: &World, number: i64) {
    let rows: Vec<String> =
        (0..number).map(|play| format!("'p{play}', 'ann', 'T{play}', '2024-06-10 10:00:00Z', {number}")).collect();
    world.plays("b", &rows.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_reader_sees_whole_generations_while_others_are_published() {
    let mut world = World::small();
    generation(&world, 1);
    world.refresh().unwrap();
    let done = AtomicBool::new(false);
    let (context, reporting) = (world.context(), reporting(&world));
    let seen = thread::scope(|scope| {
        // As people and tools read: one state for the whole question, over several tables.
        let tool = scope.spawn(|| {
            let question = "select (select plays from rpt_totals), count(*), min(ms_played), max(ms_played),
                                   (select count(*) from dim_track) from fct_play";
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) || seen.is_empty() {
                let answer = jobs::query(&context, question, Some(Format::Csv)).unwrap();
                let line = answer.lines().nth(1).unwrap().to_owned();
                let numbers: Vec<i64> = line.split(',').map(|number| number.parse().unwrap()).collect();
                assert!(numbers.iter().all(|number| *number == numbers[0]), "a mixture: {line}");
                seen.push(numbers[0]);
            }
            seen
        });
        // As a dashboard reads: one connection for ever, through the link, one table at a time.
        // DuckDB opens a file by name twice, when it plans and when it scans; a question that
        // a swap cuts in two fails, and is answered when it is asked again.
        let done = &done;
        let dashboard = scope.spawn(move || {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) || seen.is_empty() {
                let query = "select count(*), min(ms_played), max(ms_played) from fct_play";
                let row = reporting.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
                let Ok((plays, low, high)): duckdb::Result<(i64, i64, i64)> = row else { continue };
                assert!(plays == low && low == high, "a mixture: {plays} {low} {high}");
                seen.push(plays);
            }
            seen
        });
        for number in 2..25 {
            world.later(1);
            generation(&world, number);
            world.refresh().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        [tool.join().unwrap(), dashboard.join().unwrap()]
    });
    for seen in seen {
        assert!(seen.is_sorted(), "no reader ever went back in time: {seen:?}");
    }
}

fn reporting(world: &World) -> Connection {
    let path = world.data().reporting().join(format!("reporting-{}.duckdb", world.ddl_hash()));
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap().threads(1).unwrap();
    let duckdb = Connection::open_with_flags(path, config).unwrap();
    duckdb.execute_batch(&format!("set file_search_path = '{}'", world.data().root().display())).unwrap();
    duckdb
}
