//! Cases that stand beside the models: tried by `transform check`.

use transform::jobs;

use crate::world::{SMALL, World, failure};

const FILE: &str = "3_marts/dim_track.cases.toml";

fn world(cases: &str) -> World {
    let world = World::with(SMALL);
    world.sql(FILE, cases);
    world
}

const GIVEN: &str = "
[given]
src_plays = '''
play_id | track_name
p1      | One
'''
";

const ONE: &str = "
[[case]]
holds = 'A title is a track.'
expect = '''
track_name
One
'''
";

const OTHER: &str = "
[[case]]
holds = 'Others are given in the place of those.'
given.src_plays = '''
play_id | track_name
p1      | Three
'''
expect = '''
track_name
Two
'''
";

#[test]
fn cases_are_tried() {
    let world = world(&[GIVEN, ONE, &OTHER.replace("Two", "Three")].concat());
    let summary = jobs::check(&world.context(), Some(&world.sql_dir())).unwrap();
    assert!(summary.text.ends_with("; 2 cases hold"), "{}", summary.text);
    assert_eq!(summary.counts["cases"], 2);
}

#[test]
fn a_case_that_does_not_hold_shows_both_tables() {
    let world = world(&[GIVEN, ONE, OTHER].concat());
    let (message, code) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert_eq!(code, 2);
    assert!(message.starts_with("1 of 2 cases do not hold"), "{message}");
    for part in
        [FILE, "Others are given in the place of those.", "gave\n\ntrack_name\nThree\n", "not\n\ntrack_name\nTwo"]
    {
        assert!(message.contains(part), "{part:?} is not in {message}");
    }
}

#[test]
fn a_case_of_nothing_is_told() {
    for (cases, words) in [
        (&*ONE.replace("track_name", "title"), "dim_track has no column title"),
        (&*GIVEN.replace("play_id", "play_idd"), "play_idd"),
        (&*GIVEN.replace("src_plays", "src_gaps"), "reads src_gaps neither itself nor through others"),
    ] {
        let cases = if cases.contains("[given]") { [cases, ONE].concat() } else { cases.to_owned() };
        let (message, _) = failure(jobs::check(&world(&cases).context(), Some(&world(&cases).sql_dir())));
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_line() {
    let world = world("[[case]]\nholds = 'x'\nexpected = ''");
    let (message, code) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert!(code == 2 && message.contains(&format!("{FILE}:")) && message.contains("expected"), "{message}");
    world.sql(FILE, "");
    world.sql("3_marts/dim_nothing.cases.toml", ONE);
    let (message, _) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert!(message.contains("there is no model and no test dim_nothing"), "{message}");
}

#[test]
fn the_rows_that_break_a_test_are_expected_like_any_others() {
    let world = world(&format!("{GIVEN}{ONE}"));
    let test = "-- Every track has a title.\n\nselect track_name from dim_track where track_name = 'One'";
    world.sql("tests/titles.sql", test);
    let case = |title: &str| {
        format!("{GIVEN}\n[[case]]\nholds = 'One is no title.'\nexpect = '''\ntrack_name\n{title}\n'''\n")
    };
    world.sql("tests/titles.cases.toml", &case("One"));
    jobs::check(&world.context(), Some(&world.sql_dir())).unwrap();
    world.sql("tests/titles.cases.toml", &case("Two"));
    let (message, _) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert!(message.contains("tests/titles.cases.toml: \"One is no title.\": gave"), "{message}");
}

#[test]
fn a_new_case_builds_nothing() {
    let world = World::small();
    world.refresh().unwrap();
    world.sql(FILE, ONE);
    let summary = jobs::refresh_if_changed(&world.context(), Some(&world.sql_dir())).unwrap();
    assert_eq!(summary.counts["up_to_date"], true);
}

/// Cases whose plays are their own.
const OWN: &str = "
own = ['play_id']

[[case]]
holds = 'A play is a play.'
given.src_plays = '''
play_id | track_name
p1      | One
'''
expect = '''
EXPECTED
'''

[[case]]
holds = 'One of which less is known is one too.'
given.src_plays = '''
play_id
p1
'''
expect = '''
EXPECTED
'''
";
const PLAYS_FILE: &str = "3_marts/fct_play.cases.toml";

#[test]
fn cases_that_name_things_of_their_own_are_tried_beside_each_other() {
    let world = World::with(SMALL);
    let checked = || jobs::check(&world.context(), Some(&world.sql_dir()));
    let right = OWN.replace("EXPECTED", "play_id\np1");
    world.sql(PLAYS_FILE, &right);
    assert!(checked().unwrap().text.ends_with("; 2 cases hold"));
    // The one that does not hold is the one that is told.
    world.sql(PLAYS_FILE, &OWN.replacen("EXPECTED", "play_id\np1", 1).replace("EXPECTED", "play_id\np2"));
    let (message, _) = failure(checked());
    assert!(message.starts_with("1 of 2 cases do not hold"), "{message}");
    assert!(message.contains("One of which less") && !message.contains("A play is a play"), "{message}");
    // Names that are no column of the model can tell nobody's rows apart.
    world.sql(PLAYS_FILE, &right.replace("own = ['play_id']", "own = ['observation_id']"));
    let (message, _) = failure(checked());
    assert!(message.contains("fct_play has none of the columns that are a case's own"), "{message}");
}

#[test]
fn cases_that_disturb_each_other_say_so() {
    let world = World::with(SMALL);
    let counted = "select *, cast(count(*) over () as bigint) as ms_played from stg_plays";
    world.edit("1_staging/stg_plays.sql", ", ms_played from", " from");
    world.edit("3_marts/fct_play.sql", "select * from stg_plays", counted);
    world.sql(PLAYS_FILE, &OWN.replace("EXPECTED", "play_id | ms_played\np1 | 1"));
    let (message, _) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert!(message.contains("every case holds by itself, but not beside the others"), "{message}");
}

#[test]
fn a_test_of_a_table_without_rows_must_be_understood_too() {
    let world = world(&[GIVEN, ONE].concat());
    world.edit("3_marts/dim_track.sql", "-- reads: stg_plays", "-- reads: stg_plays\n-- tests: not_null title");
    let (message, _) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert!(message.contains("dim_track.sql:7: ") && message.contains("title"), "{message}");
    let (message, _) = failure(world.build());
    assert!(message.contains("dim_track.sql:7: ") && message.contains("title"), "{message}");
}
