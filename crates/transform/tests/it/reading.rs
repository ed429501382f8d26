//! Readers while the pipeline writes: no half-built state, no mixture of two states of a table.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use duckdb::{AccessMode, Config, Connection};
use platform::JobContext;
use transform::jobs;
use transform::query::Format;

use crate::world::World;

/// Every generation has as many plays as its number says, each with that number as its
/// milliseconds, so any mixture of generations shows. Two of three are old enough for the
/// history.
pub(crate) fn generation(world: &World, number: i64) {
    let month = |play: i64| if play % 3 == 0 { "2024-06" } else { "2024-01" };
    let rows: Vec<String> = (0..number)
        .map(|play| format!("'p{play}', 'ann', 'T{play}', '{}-10 10:00:00Z', {number}", month(play)))
        .collect();
    world.plays("b", &rows.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The generation that `transform query` sees, over all tables at once.
///
/// # Panics
/// When there is no answer, or it is of no single generation.
pub(crate) fn asked_as_a_tool(context: &JobContext) -> i64 {
    let question = "select (select plays from rpt_totals), count(*), min(ms_played), max(ms_played),
                           (select count(*) from dim_track) from fct_play";
    let answer = jobs::query(context, question, Some(Format::Csv)).unwrap();
    let line = answer.lines().nth(1).unwrap();
    let numbers: Vec<i64> = line.split(',').map(|number| number.parse().unwrap()).collect();
    assert!(numbers.iter().all(|number| *number == numbers[0]), "a mixture: {line}");
    numbers[0]
}

/// The generation that a dashboard sees in one table, through the link; nothing when a swap
/// cut the question in two.
///
/// # Panics
/// When the answer is of no single generation, or fails for any other reason.
pub(crate) fn asked_as_a_dashboard(reporting: &Connection) -> Option<i64> {
    let question = "select count(*), min(ms_played), max(ms_played) from fct_play";
    let row: duckdb::Result<(i64, i64, i64)> =
        reporting.query_row(question, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    match row {
        Ok((plays, low, high)) => {
            assert!(plays == low && low == high, "a mixture: {plays} plays, of generations {low} to {high}");
            Some(plays)
        }
        Err(error) => {
            assert!(was_cut_in_two(&error.to_string()), "{error}");
            None
        }
    }
}

/// Whether DuckDB says that the file it was about to read is not there any more: the one
/// thing that may happen to a question at the moment of a swap.
fn was_cut_in_two(error: &str) -> bool {
    error.contains("No such file or directory") || error.contains("No files found that match the pattern")
}

#[test]
fn a_reader_sees_whole_generations_while_others_are_published() {
    let mut world = World::small();
    generation(&world, 3);
    world.refresh().unwrap();
    let done = AtomicBool::new(false);
    let (context, reporting) = (world.context(), reporting(&world));
    let seen = thread::scope(|scope| {
        // As people and tools read: one state for the whole question, over several tables.
        let tool = scope.spawn(|| {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) || seen.is_empty() {
                seen.push(asked_as_a_tool(&context));
            }
            seen
        });
        // As a dashboard reads: one connection for ever, through the link, one table at a time.
        let done = &done;
        let dashboard = scope.spawn(move || {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) || seen.is_empty() {
                seen.extend(asked_as_a_dashboard(&reporting));
            }
            seen
        });
        for number in 4..11 {
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

/// A question is planned, then `change` is published, then the question is answered.
///
/// DuckDB plans the whole question, and reads the smaller side of the join first: two pipes.
/// That the first is opened tells that the plan is made; the second holds DuckDB up until the
/// change is published.
#[track_caller]
fn cut_in_two(question: &str, change: impl Fn(&mut World) + Send) -> Result<String, String> {
    let mut world = World::small();
    generation(&world, 9);
    world.refresh().unwrap();
    let pipe = |name: &str| {
        let path = world.data().root().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    };
    let (planned, published) = (pipe("planned"), pipe("published"));
    let held_up = format!(
        "{question}, (select max(content) as word from read_text(['{}', '{}'])) where word <> 'no'",
        planned.display(),
        published.display()
    );
    let dashboard = reporting(&world);
    let ask = |question: &str| {
        dashboard.query_row(question, [], |row| row.get::<_, String>(0)).map_err(|error| error.to_string())
    };
    let answer = thread::scope(|scope| {
        let world = &mut world;
        let publisher = scope.spawn(move || {
            let open = |path: &Path| File::options().write(true).open(path).unwrap();
            drop(open(&planned));
            world.later(1);
            change(world);
            world.refresh().unwrap();
            drop(open(&published));
        });
        let answer = ask(&held_up);
        publisher.join().unwrap();
        answer
    });
    assert_eq!(ask(question).unwrap(), world.published(question), "asked again, it is answered");
    answer
}

#[test]
fn a_question_that_a_swap_cuts_in_two_is_told_so() {
    for question in ["select count(*)::varchar from fct_play", "select max(track_name) from dim_track"] {
        let error = cut_in_two(question, |world| generation(world, 11)).expect_err(question);
        assert!(was_cut_in_two(&error), "{question}: {error}");
    }
}

#[test]
fn so_it_is_when_even_the_sizes_agree() {
    let error = cut_in_two("select sum(ms_played)::varchar from fct_play", |world| {
        let row = |play: i64, month| format!("'p{play}', 'ann', 'T{play}', '2024-{month}-10 10:00:00Z', 8");
        let rows: Vec<String> = (0..9).map(|play| row(play, if play % 3 == 0 { "06" } else { "01" })).collect();
        world.plays("b", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    });
    assert!(was_cut_in_two(&error.unwrap_err()));
}

#[test]
fn a_swap_that_moves_rows_to_the_history_mixes_nothing_either() {
    // Two months later, with the very same rows.
    let answer = cut_in_two("select count(*)::varchar from fct_play", |world| world.later(24 * 61));
    assert!(was_cut_in_two(&answer.unwrap_err()));
}

#[test]
fn a_table_that_stays_as_it_is_is_read_across_swaps() {
    let answer = cut_in_two("select max(track_name) from dim_track", |world| {
        let rows: Vec<String> =
            (0..9).map(|play| format!("'q{play}', 'ann', 'T{play}', '2024-06-11 10:00:00Z', 1")).collect();
        world.plays("b", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    });
    assert_eq!(answer.unwrap(), "T8");
}

pub(crate) fn reporting(world: &World) -> Connection {
    let path = world.data().reporting().join(format!("reporting-{}.duckdb", world.ddl_hash()));
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap().threads(1).unwrap();
    let duckdb = Connection::open_with_flags(path, config).unwrap();
    duckdb.execute_batch(&format!("set file_search_path = '{}'", world.data().root().display())).unwrap();
    duckdb
}
