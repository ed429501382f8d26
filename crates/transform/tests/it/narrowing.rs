//! After a few new plays, only files that are new are read and only rows that may be new are tested: and
//! still nothing goes unnoticed.

use platform::files::write_whole;

use crate::incremental::differences_from_anew;
use crate::story::Story;
use crate::world::{World, failure};

/// Plays of one account, each in a file of its own: `play_id`, `observation_id`, title.
fn world(files: &[(&str, &str)]) -> World {
    let world = World::with(files);
    let rows: Vec<(String, String)> = (0..9).map(|number| (format!("old{number}"), format!("Old {number}"))).collect();
    let rows: Vec<(&str, &str, &str)> =
        rows.iter().map(|(play, title)| (play.as_str(), play.as_str(), title.as_str())).collect();
    receive(&world, "f1", &rows);
    world.manifest("plays", &[("f1", 1)]);
    world.build().unwrap();
    world
}

fn receive(world: &World, file: &str, rows: &[(&str, &str, &str)]) {
    let rows: Vec<String> = rows.iter().map(|(play, seen, title)| format!("('{play}', '{seen}', '{title}')")).collect();
    let query = format!(
        "select *, 'ann' as account_id from (values {}) as rows(play_id, observation_id, track_name)",
        rows.join(", ")
    );
    world.src_file("plays", file, &query);
}

fn model(tests: &str, query: &str) -> String {
    format!(
        "-- Plays.\n--\n-- grain: one row per play\n-- kind:  incremental\n-- key:   play_id\n\
         -- recompute: by play_id\n-- reads: src_plays\n{tests}{query}"
    )
}

const TITLES: &str = "select play_id, max(track_name) as title from src_plays group by play_id";

/// What the build says against one more play.
fn said_of(world: &World, row: (&str, &str, &str)) -> String {
    receive(world, "f2", &[row]);
    world.manifest("plays", &[("f1", 1), ("f2", 1)]);
    failure(world.build()).0
}

#[test]
fn a_new_row_may_not_have_what_an_old_one_has() {
    let world = world(&[("1_staging/stg_title.sql", &model("-- tests: unique title\n", TITLES))]);
    let message = said_of(&world, ("new", "new", "Old 3"));
    assert!(message.contains("stg_title: unique title: 1 rows"), "{message}");
}

#[test]
fn an_old_row_may_not_lose_what_it_refers_to() {
    let all = model("", TITLES);
    let some = model(
        "-- tests: references title stg_title.title\n",
        "select play_id, max(track_name) as title from src_plays where play_id = 'old4' group by play_id",
    );
    let titles = all.replace("group by", "where play_id <> 'old4' group by");
    let world = World::with(&[("1_staging/stg_title.sql", &titles), ("1_staging/stg_some_title.sql", &some)]);
    let rows: Vec<(String, &str)> = (0..9).map(|number| (format!("old{number}"), "Same")).collect();
    let rows: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|(play, title)| {
            (play.as_str(), play.as_str(), if *play == "old3" || *play == "old4" { "One" } else { *title })
        })
        .collect();
    receive(&world, "f1", &rows);
    world.manifest("plays", &[("f1", 1)]);
    world.build().unwrap();
    // `old3` is called `Other` from now on, and nobody else has the title of `old4`.
    let message = said_of(&world, ("old3", "old3 again", "Other"));
    assert!(message.contains("stg_some_title: references title stg_title.title: 1 rows"), "{message}");
}

#[test]
fn a_query_that_looks_at_new_rows_finds_what_breaks_it() {
    let test = "-- No title is called Wrong.\n--\n-- recompute: by play_id\n\nselect play_id from stg_title where title = 'Wrong'";
    let world = world(&[("1_staging/stg_title.sql", &model("", TITLES)), ("tests/no_wrong_title.sql", test)]);
    let message = said_of(&world, ("old5", "old5 again", "Wrong"));
    assert!(message.contains("no_wrong_title"), "{message}");
}

#[test]
fn an_observation_that_is_told_twice_is_found_through_a_view() {
    let view = "-- Plays.\n--\n-- grain: one row per observation\n-- kind:  view\n-- key:   observation_id\n\
                -- recompute: by observation_id\n-- reads: src_plays\nselect observation_id, play_id from src_plays";
    let world = world(&[("1_staging/stg_play.sql", view), ("1_staging/stg_title.sql", &model("", TITLES))]);
    let message = said_of(&world, ("old6", "old6", "Another"));
    assert!(message.contains("stg_play: unique observation_id: 1 rows"), "{message}");
}

#[test]
fn a_file_in_the_place_of_another_is_read_again() {
    let world = world(&[("1_staging/stg_title.sql", &model("", TITLES))]);
    receive(&world, "f2", &[("new", "new", "First")]);
    world.manifest("plays", &[("f1", 1), ("f2", 1)]);
    world.build().unwrap();
    let title = || world.warehouse("select title from stg_title where play_id = 'new'");
    assert_eq!(title(), "First");
    // As many rows and as many bytes.
    receive(&world, "f2", &[("new", "new", "Third")]);
    world.manifest("plays", &[("f1", 1), ("f2", 1)]);
    world.build().unwrap();
    assert_eq!(title(), "Third");
}

/// So many rows are not copied into a table.
#[test]
fn a_file_that_was_read_is_not_read_again() {
    let world = world(&[("1_staging/stg_title.sql", &model("", TITLES))]);
    let many = "select 'p' || i as play_id, 'p' || i as observation_id, 'ann' as account_id, 'T' as track_name
                from range(11000) as r(i)";
    world.src_file("plays", "f2", many);
    world.manifest("plays", &[("f1", 1), ("f2", 1)]);
    world.build().unwrap();
    // Nobody could read it, and it looks as it did.
    let path = world.data().src().join("plays/f2.parquet");
    let there = std::fs::metadata(&path).unwrap();
    receive(&world, "f3", &[("new", "new", "New"), ("old3", "old3 again", "Old X")]);
    world.manifest("plays", &[("f1", 1), ("f2", 1), ("f3", 1)]);
    write_whole(&path, &vec![0; usize::try_from(there.len()).unwrap()]).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(there.modified().unwrap()).unwrap();
    world.build().unwrap();
    let titles = "select string_agg(title, ', ' order by title) from stg_title where play_id in ('new', 'old3')";
    assert_eq!(world.warehouse(titles), "New, Old X");
}

#[test]
fn files_that_are_put_together_bring_no_news() {
    let day = |number: u8| {
        format!(
            "{}\n p{number}aa | ANN | spotify_export | end | track | 2024-06-0{number} 10:00:00Z | 2024-06-0{number} 10:03:00Z | 180000 | u1 | Song 1 | Host 1",
            crate::happening::HEADER
        )
    };
    let mut story = Story::new();
    story.world.wanted = "fct_track_played";
    (1..=9).for_each(|number| story.receive(&day(number)));
    story.refresh();
    story.compact();
    let models = |summary: &platform::Summary| summary.counts["models_by_rows"].as_u64().unwrap();
    // The views over the files are new, and nothing else is.
    story.refresh();
    assert_eq!(story.ask("select count(*) from fct_track_played"), "9");
    story.receive(&day(9).replace("p9aa", "p8ab").replace("10:0", "11:0"));
    assert!(models(&story.refresh()) > 0);
    assert_eq!(differences_from_anew(&story), Vec::<String>::new());
}
