//! `transform check`: what would not run on Spark as it does on DuckDB.

use transform::jobs;

use crate::world::{SMALL, World, failure};

/// The line of a header that the query below it starts on.
const FIRST: usize = 11;

/// The small tree with one more mart around each query: `dim_0`, `dim_1`, …
fn world<'a>(queries: impl IntoIterator<Item = &'a str>) -> World {
    let world = World::with(SMALL);
    let header = "-- A mart.\n--\n-- grain: one row\n-- kind:  table\n-- key:   x\n-- reads: fct_play\n-- tests: warn expression x is not null\n-- columns:\n--   x  A number.\n\n";
    for (number, query) in queries.into_iter().enumerate() {
        world.sql(&format!("3_marts/dim_{number}.sql"), &format!("{header}{query}"));
    }
    world
}

/// Expects of each query that it is refused in that line of it, with this in the words.
#[track_caller]
fn refused<Q: AsRef<str>>(refusals: &[(Q, usize, &str)]) {
    let world = world(refusals.iter().map(|(query, ..)| query.as_ref()));
    let (message, code) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    assert_eq!(code, 2, "{message}");
    for (number, (query, line, words)) in refusals.iter().enumerate() {
        let place = format!("{}/3_marts/dim_{number}.sql:{}: ", world.sql_dir().display(), FIRST + line - 1);
        let of_file: Vec<&str> = message.lines().filter(|line| line.contains(&format!("/dim_{number}.sql:"))).collect();
        let found = of_file.iter().any(|found| found.starts_with(&place) && found.contains(words));
        let nothing_else = of_file.iter().all(|found| found.starts_with(&place));
        assert!(found && nothing_else, "{}\n{message}", query.as_ref());
    }
}

#[track_caller]
fn accepted(queries: &[&str]) {
    let world = world(queries.iter().copied());
    if let Err(error) = jobs::check(&world.context(), Some(&world.sql_dir())) {
        // What their columns mean, and whether a dashboard can read them, is asked when all this is in order.
        let message = error.to_string();
        let is_of_columns = |line: &&str| line.contains("`columns:` does not say") || line.contains(": column `");
        assert!(message.lines().all(|line| is_of_columns(&line)), "{message}");
    }
}

#[test]
fn the_models_in_the_program_run_on_every_engine_and_give_what_their_cases_say() {
    let world = World::empty();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql");
    let summary = jobs::check(&world.context(), Some(&folder)).unwrap();
    assert!(summary.text.contains("keep to the SQL that DuckDB and Spark share"), "{}", summary.text);
    assert!(summary.counts["cases"].as_u64().unwrap() > 100, "{}", summary.text);
    assert!(!world.data().root().join("src").exists(), "it reads no data");
}

#[test]
fn functions_that_differ_are_named_with_the_portable_way() {
    let calls = [
        ("ended_at at time zone 'UTC'", "from_utc_timestamp(ts, zone)"),
        ("timezone('UTC', ended_at)", "`timezone()`"),
        ("ms_played // 2", "cast(floor(a / b) as bigint)"),
        ("ms_played ^ 2", "power(a, b)"),
        ("[1, 2]", "no lists in models"),
        ("{'a': 1}", "a column for each value"),
        ("sha256(track_name)", "`md5(text)`"),
        ("hash(track_name)", "`md5(text)`"),
        ("epoch_ms(ended_at)", "unix_millis(ts)"),
        ("extract(epoch from ended_at)", "unix_millis(ts)"),
        ("extract(isodow from ended_at)", "1 + pmod(unix_date(d) + 3, 7)"),
        ("extract(second from ended_at)", "second(ts)"),
        ("dayname(ended_at)", "`dayname()`"),
        ("datediff('day', ended_at, ended_at)", "unix_date(a) - unix_date(b)"),
        ("strftime(ended_at, '%Y')", "cast(d as string)"),
        ("concat(track_name, 'b')", "`a || b`"),
        ("regexp_replace(track_name, 'a', 'b')", "`replace`"),
        ("track_name similar to 'a'", "rlike(text, pattern)"),
        ("track_name glob 'a*'", "text like pattern"),
        ("log(ms_played)", "`ln(x)`"),
        ("typeof(ms_played)", "`typeof()`"),
        ("quantile_cont(ms_played, 0.5)", "percentile_cont(0.5) within group"),
        ("array_agg(track_name order by ended_at)", "max_by(value, order)"),
        ("list_transform(track_name, lambda y: y)", "no lists in models"),
        ("jaro_winkler_similarity(track_name, 'a')", "not among the functions"),
        ("cast(2.7 as int)", "cut by Spark"),
        ("cast(ms_played / 7 as bigint)", "cut by Spark"),
        ("cast(coalesce(avg(ms_played), 1) as int)", "cut by Spark"),
        ("1.0 / ms_played", "DECIMAL quotient"),
        ("cast(ended_at as date) + interval '1' day", "date_add(d, 1)"),
        ("cast(ended_at as date) - cast(ended_at as date)", "unix_date(a) - unix_date(b)"),
        ("ended_at + interval '3 days'", "interval '3' day"),
        ("try(ms_played)", "try_cast"),
        ("track_name[1]", "keep lists and structs out"),
        ("track_name collate nocase", "lower("),
    ];
    refused(&calls.map(|(call, words)| (at(call), 2, words)));
}

/// A call on the second line of a query.
fn at(call: &str) -> String {
    format!("select -- é\n{call} as x from fct_play")
}

#[test]
fn windows_keep_to_what_spark_knows() {
    let windows = [
        ("lag(ms_played ignore nulls) over (order by ended_at)", "ignore nulls"),
        ("count(distinct track_name) over (partition by account_id)", "count in a subquery"),
        ("sum(ms_played) over (order by ended_at range between interval '1' day preceding and current row)", "Sail"),
        ("sum(ms_played) over (order by ended_at groups between 1 preceding and current row)", "`groups`"),
        (
            "sum(ms_played) over (order by ended_at rows between 1 preceding and current row exclude current row)",
            "exclude",
        ),
    ];
    refused(&windows.map(|(window, words)| (at(window), 2, words)));
    accepted(&[
        "select sum(ms_played) over (partition by account_id order by ended_at rows between 1 preceding and current row) as x from fct_play",
    ]);
}

#[test]
fn clauses_of_one_engine_are_refused_where_they_stand() {
    // Each alone: some of them keep a tree from being read any further.
    for refusal in [
        ("select ms_played as x from fct_play\nqualify row_number() over (order by ended_at) = 1", 2, "`qualify`"),
        ("select distinct on\n(account_id) ms_played as x from fct_play", 2, "`distinct on`"),
        ("select account_id, max(ms_played) as x from fct_play\ngroup by all", 2, "name the columns"),
        ("select ms_played as x from fct_play order by\n1 limit\n10 %", 3, "`limit …%`"),
        ("select *\nexclude (account_id), 1 as x from fct_play", 1, "`* exclude`"),
        ("select columns(*), 1 as x from fct_play", 1, "`columns(…)`"),
        (
            "select ms_played as x from fct_play union by name\nselect ms_played as x from fct_play",
            2,
            "`union by name`",
        ),
        (
            "select a.ms_played as x from fct_play as a\nasof join fct_play as b on a.ended_at >= b.ended_at",
            2,
            "`asof join`",
        ),
        ("select 1 as x from fct_play natural join fct_play as b", 1, "`natural join`"),
        ("select ms_played as x from fct_play\ntablesample 10%", 1, "`tablesample`"),
        ("select i as x from fct_play,\ngenerate_series(1, 3) as n(i)", 2, "use range, or a table"),
        ("select 1 as x from fct_play,\nrange(3)", 2, "has another name"),
        ("with recursive a as (select 1 as n) select n as x from a, fct_play", 1, "`with recursive`"),
        ("with a as\nmaterialized (select 1 as n) select n as x from a, fct_play", 2, "`materialized`"),
        ("select ms_played as x from fct_play,\nlateral (select 1) as b", 2, "`lateral`"),
        ("select 1 as x from fct_play\npivot (sum(ms_played) for account_id in ('a'))", 2, "`pivot`"),
    ] {
        refused(&[refusal]);
    }
}

#[test]
fn spelling_that_the_parser_forgets_is_found_in_the_text() {
    refused(&[
        ("select \"ms_played\" as x from fct_play", 1, "text on Spark"),
        ("select 1 as x,\nfrom fct_play", 1, "comma behind the last item"),
        ("select 'it''s' as x from fct_play", 1, "chr(39)"),
        ("select track_name like '\\d' as x from fct_play", 1, "chr(92)"),
        ("select $$a$$ as x from fct_play", 1, "single quotes"),
        ("select cast(\nms_played as varchar) as x from fct_play", 2, "cast to `string`"),
        ("select ms_played::text as x from fct_play", 1, "cast to `string`"),
        ("select cast(ms_played as hugeint) as x from fct_play", 1, "type `hugeint`"),
        ("select x from (\nfrom fct_play select ms_played as x)", 2, "begin with `select`"),
        ("from fct_play select ms_played as x", 1, "begin with `select`"),
    ]);
}

#[test]
fn what_a_comment_or_a_text_says_is_not_sql() {
    accepted(&[
        "select /* \"a\" qualify */ ms_played as x -- lateral 'b\nfrom fct_play where track_name = 'from \"x\" ::text,)'",
    ]);
}

#[test]
fn the_shared_subset_is_accepted() {
    accepted(&[
        "with a as (select account_id, ms_played, track_name, ended_at from fct_play),
        b as (
            select account_id, median(ms_played) as middle, count(*) filter (where ms_played > 1) as many,
                percentile_cont(0.5) within group (order by ms_played) as half, max_by(track_name, ended_at) as newest
            from a group by account_id
        )
        select cast(floor(1e0 * b.middle / 7) as bigint) as x, cast(a.ended_at as date) as day, a.ms_played::bigint as ms,
            cast(a.ms_played as varchar(20)) as words, cast(from_utc_timestamp(a.ended_at, 'UTC') as timestamp_ntz) as there,
            extract(year from a.ended_at) as years, trim(both 'x' from a.track_name) as bare,
            a.ended_at + 3 * interval '1' second as later, 0.9 * a.ms_played as most,
            cast(cast(a.ended_at as date) + interval '1' day as date) as next_day
        from a inner join b on a.account_id is not distinct from b.account_id
        cross join (select i from range(0, 3) as r(i)) as numbers
        where a.ms_played is not null",
    ]);
}

#[test]
fn an_alias_is_used_only_behind_its_step() {
    refused(&[
        ("select ms_played as y,\ny + 1 as x from fct_play", 2, "`y` is a column of the same `select`"),
        ("select ms_played as x from fct_play\nwhere x > 1", 2, "`x` is a column of this `select`"),
        ("with a as (select *, 1 as b from fct_play)\nselect b as c, c as x from a", 2, "`c` is a column of the same"),
        ("select 1 as y, (select ms_played as z from fct_play where z > 1) as x from fct_play", 1, "`z`"),
    ]);
    accepted(&[
        // The name is that of a column, which it means on every engine.
        "select lower(track_name) as track_name, track_name as x from fct_play where track_name <> 'a'",
        "with a as (select * from fct_play) select 1 as ms_played, ms_played as x from a as b",
        "select b.* from (select n as x, n as y from (select 1 as n, ms_played from fct_play) as c) as b where y > 0",
        "select ms_played as y, count(*) as x from fct_play group by y having x > 1 order by y",
        "select 1 as track_name, exists (select 1 from fct_play where track_name = 'a') as x from fct_play",
    ]);
}

#[test]
fn header_tests_and_queries_in_tests_are_sql_too() {
    let world = World::with(SMALL);
    world.edit("3_marts/dim_track.sql", "-- columns:", "-- tests: expression len(track_name) > 0\n-- columns:");
    world.sql("tests/names.sql", "-- Names are short.\nselect * from dim_track where strlen(track_name) > 9");
    let (message, _) = failure(jobs::check(&world.context(), Some(&world.sql_dir())));
    let lines: Vec<&str> = message.lines().map(|line| line.rsplit_once("sql/").unwrap().1).collect();
    assert!(
        lines[0].starts_with("dim_track.sql:7: `len()`") || lines[0].contains("/dim_track.sql:7: `len()`"),
        "{message}"
    );
    assert!(message.contains("tests/names.sql:2: `strlen()`"), "{message}");
}

#[test]
fn a_build_of_such_models_warns_and_goes_on() {
    let world = World::small();
    assert_eq!(world.build().unwrap().warnings, Vec::<String>::new());
    world.edit("4_reporting/rpt_totals.sql", "select count(*) as plays", "select count(*)::int4 as plays");
    let warnings = world.build().unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "1 place in the models is for DuckDB alone and would not run the same on Spark: `music-tracker check` names them"
        ]
    );
}
