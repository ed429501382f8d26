//! Which functions give the same on DuckDB, Apache Spark and Sail.
//!
//! Whatever is not known to do so is refused: a function that runs everywhere and answers
//! otherwise would go unnoticed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::engine::session::PRELUDE;

/// Seen to give the same values on all three engines, under the names of DuckDB's parser.
const SAME: &[&str] = &[
    // text
    "||",
    "~~",
    "!~~",
    "~~*",
    "!~~*",
    "ascii",
    "chr",
    "concat_ws",
    "contains",
    "instr",
    "left",
    "length",
    "levenshtein",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "position",
    "regexp_extract",
    "repeat",
    "replace",
    "reverse",
    "right",
    "rtrim",
    "split",
    "split_part",
    "substr",
    "substring",
    "translate",
    "trim",
    "upper",
    // numbers
    "%",
    "*",
    "+",
    "-",
    "/",
    "<<",
    "<=>",
    "abs",
    "ceil",
    "exp",
    "floor",
    "greatest",
    "least",
    "ln",
    "log10",
    "log2",
    "mod",
    "nullif",
    "power",
    "round",
    "sqrt",
    // dates and times
    "date_add",
    "date_part",
    "date_trunc",
    "day",
    "dayofmonth",
    "dayofyear",
    "hour",
    "last_day",
    "make_date",
    "make_timestamp",
    "minute",
    "month",
    "now",
    "quarter",
    "second",
    "weekofyear",
    "year",
    // aggregates
    "any_value",
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "count_star",
    "covar_pop",
    "covar_samp",
    "first",
    "last",
    "listagg",
    "max",
    "max_by",
    "median",
    "min",
    "min_by",
    "mode",
    "quantile_cont",
    "regr_slope",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    // windows
    "cume_dist",
    "dense_rank",
    "lag",
    "lead",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
    // what the parser makes of `interval '1' day`, and of whole numbers in it
    "to_days",
    "to_hours",
    "to_minutes",
    "to_months",
    "to_seconds",
    "to_weeks",
    "to_years",
];

/// Those that people reach for, with the way to write it for every engine.
const OTHERWISE: &[(&[&str], &str)] = &[
    (&["timezone"], "`cast(from_utc_timestamp(ts, zone) as timestamp_ntz)`"),
    (&["//", "div"], "`cast(floor(a / b) as bigint)`"),
    (&["**", "^", "pow"], "`power(a, b)`"),
    (
        &[
            "list_value",
            "array_value",
            "list",
            "list_apply",
            "list_transform",
            "list_filter",
            "list_aggregate",
            "unnest",
        ],
        "no lists in models: make a row of each value in the loader, or `explode(column)` in a select list",
    ),
    (&["range", "generate_series"], "`from range(0, n) as numbers(i)`"),
    (&["struct_pack", "row", "map", "struct_extract"], "a column for each value"),
    (
        &["sha256", "sha1", "hash", "md5_number", "xxhash64"],
        "`md5(text)`, or `cast(conv(substr(md5(text), 1, 15), 16, 10) as bigint)`",
    ),
    (&["epoch", "epoch_ms", "epoch_us", "epoch_ns"], "`unix_millis(ts)`"),
    (&["to_timestamp", "make_timestamptz"], "`timestamp_millis(ms)`"),
    (
        &["datediff", "date_diff", "date_sub", "datesub", "timestampdiff", "age"],
        "`unix_date(a) - unix_date(b)`, or the difference of two `unix_millis(ts)`",
    ),
    (
        &["strftime", "strptime", "to_date", "to_char"],
        "`cast(d as string)` and `substr` of it; `try_cast(text as date)`",
    ),
    (&["dayofweek", "weekday", "isodow", "dayname"], "`1 + pmod(unix_date(d) + 3, 7)` (Monday is 1)"),
    (&["monthname"], "a `case` of `month(d)`: engines spell it February or Feb"),
    (&["week", "isoyear", "yearweek", "datepart"], "`weekofyear(d)`, `year(d)`, `month(d)` …"),
    (&["concat"], "`a || b`, which is null when one of them is"),
    (&["regexp_replace"], "`replace`, `translate` or `split_part`: engines replace the first match or all"),
    (&["regexp_matches", "regexp_full_match", "regexp_like", "~"], "`rlike(text, pattern)`"),
    (&["~~~"], "`text like pattern`"),
    (&["like_escape", "not_like_escape"], "`instr(text, part) > 0`"),
    (&["log"], "`ln(x)` or `log10(x)`"),
    (&["typeof", "sign"], "a `case`"),
    (&["trunc"], "`floor(x)` or `round(x)`"),
    (&["arg_max", "argmax"], "`max_by(value, order)`"),
    (&["arg_min", "argmin"], "`min_by(value, order)`"),
    (&["starts_with", "^@", "prefix"], "`startswith(text, part)`"),
    (&["strpos"], "`instr(text, part)`"),
    (&["len"], "`length(text)`, or `size(list)`"),
    (&["approx_count_distinct", "approx_quantile"], "`count(distinct x)`, `median(x)`: no two engines guess alike"),
    (&["random", "uuid", "gen_random_uuid"], "`md5` of a key: a rebuild must give the same"),
];

/// The names of the macros in the prelude.
static MACROS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let macros = PRELUDE.lines().filter_map(|line| line.strip_prefix("create or replace macro "));
    macros.filter_map(|rest| rest.split_once('(')).map(|(name, _)| name).collect()
});

/// Why the function is refused; `None` where every engine gives the same.
pub(super) fn refused(name: &str) -> Option<String> {
    if SAME.contains(&name) || MACROS.contains(name) {
        return None;
    }
    let shown = if name.starts_with(|sign: char| sign.is_alphabetic()) { format!("{name}()") } else { name.to_owned() };
    let better = OTHERWISE.iter().find(|(names, _)| names.contains(&name)).map(|(_, better)| *better);
    Some(match better {
        Some(better) => format!("`{shown}` is not the same on every engine; write {better}"),
        None => format!(
            "`{shown}` is not among the functions that were seen to give the same on every engine: see sql/README.md"
        ),
    })
}

/// Whether the function gives a fraction whatever it is given.
pub(super) fn gives_fraction(name: &str) -> bool {
    const FRACTIONS: &[&str] = &[
        "/",
        "avg",
        "corr",
        "exp",
        "ln",
        "log10",
        "log2",
        "median",
        "percent_rank",
        "cume_dist",
        "power",
        "quantile_cont",
        "sqrt",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "try_divide",
        "var_pop",
        "var_samp",
        "variance",
    ];
    FRACTIONS.contains(&name)
}

/// Whether the function gives a fraction when one of its arguments is one.
pub(super) fn passes_fraction_on(name: &str) -> bool {
    ["+", "-", "*", "%", "abs", "greatest", "least", "max", "min", "nullif", "sum"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_is_both_good_and_bad() {
        for (names, _) in OTHERWISE {
            for name in *names {
                assert!(refused(name).is_some_and(|reason| reason.contains("; write ")), "{name}");
            }
        }
    }

    #[test]
    fn the_macros_of_the_prelude_are_portable() {
        for name in ["from_utc_timestamp", "pmod", "conv", "explode", "rlike"] {
            assert_eq!(refused(name), None, "{name}");
        }
    }
}
