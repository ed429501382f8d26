//! A few answers in the terminal, for people: what `make demo` ends with.
//!
//! They come from the published tables alone, as a dashboard's do.

mod chart;
mod heatmap;
mod origins;
mod worldmap;

use anyhow::Context;
use chrono::NaiveDate;
use platform::Stop;

use crate::query::Reader;
use chart::{bars, columns_chart};
pub(crate) use chart::{counted, plays, thousands};
use heatmap::heatmap;

/// The tables that the answers come from.
const NEEDED: &[&str] = &[
    "agg_daily",
    "dim_account",
    "dim_artist",
    "fct_track_played",
    "rpt_listening_calendar",
    "rpt_listening_clock",
    "rpt_top_artists",
];

/// How many artists are named.
const TOP_ARTISTS: usize = 10;

/// Who listened.
struct Person {
    account_id: String,
    name: String,
    zone: String,
}

/// The answers for one account, or for everyone, one after the other.
///
/// # Errors
/// A [`Stop::Usage`] when nothing was published or no account has that name.
pub(crate) fn summary(reader: &Reader, account: Option<&str>) -> anyhow::Result<String> {
    reader.needs("the summary needs", NEEDED)?;
    let everyone = people(reader)?;
    let chosen: Vec<&Person> =
        everyone.iter().filter(|person| account.is_none_or(|name| person.name.eq_ignore_ascii_case(name))).collect();
    if let Some(name) = account.filter(|_| chosen.is_empty()) {
        let names: Vec<&str> = everyone.iter().map(|person| person.name.as_str()).collect();
        return Err(Stop::Usage(format!("no plays of {name:?} are published; there are: {}", names.join(", "))).into());
    }
    if chosen.is_empty() {
        return Ok("no plays yet: `music-tracker import my_spotify_data.zip` brings them in".to_owned());
    }
    let pages: anyhow::Result<Vec<String>> = chosen
        .iter()
        .map(|person| page(reader, person).with_context(|| format!("summing up {}", person.name)))
        .collect();
    Ok(pages?.join("\n\n"))
}

fn page(reader: &Reader, person: &Person) -> anyhow::Result<String> {
    let mut parts = vec![totals(reader, person)?, top_artists(reader, person)?];
    parts.extend(origins::origins(reader, person)?);
    parts.extend([hours(reader, person)?, year(reader, person)?]);
    Ok(parts.join("\n\n"))
}

/// Everyone with a play, those who listened most first.
fn people(reader: &Reader) -> anyhow::Result<Vec<Person>> {
    let query = "select dim_account.account_id, account_name, zone from dim_account
                 join agg_daily on agg_daily.account_id = dim_account.account_id
                 group by all order by sum(plays) desc, account_name";
    let person = |row: &duckdb::Row<'_>| Ok(Person { account_id: row.get(0)?, name: row.get(1)?, zone: row.get(2)? });
    let mut statement = reader.duckdb().prepare(query)?;
    let people = statement.query_map([], person)?;
    Ok(people.collect::<duckdb::Result<_>>()?)
}

fn totals(reader: &Reader, person: &Person) -> anyhow::Result<String> {
    let query = "select min(played_date)::varchar, max(played_date)::varchar, count(distinct played_date) filter (where is_music),
                        count(*) filter (where is_music), count(*) filter (where is_counted and is_music),
                        count(distinct track_id) filter (where is_music and track_id <> 'unknown'),
                        count(distinct artist_group_id) filter (where is_music and artist_id <> 'unknown'),
                        coalesce(sum(ms_listened) filter (where is_music), 0)::bigint // 3600000,
                        count(*) filter (where not is_music),
                        coalesce(sum(ms_listened) filter (where not is_music), 0)::bigint // 3600000
                 from fct_track_played left join (select artist_id, artist_group_id from dim_artist) using (artist_id)
                 where account_id = ?";
    let row = |row: &duckdb::Row<'_>| {
        let span: (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let numbers: duckdb::Result<Vec<i64>> = (2..10).map(|index| row.get(index)).collect();
        Ok((span, numbers?))
    };
    let ((first, last), numbers) = reader.duckdb().query_row(query, [&person.account_id], row)?;
    let number = |index: usize| thousands(numbers.get(index).copied().unwrap_or_default());
    let things = |index: usize, name: &str| counted(numbers.get(index).copied().unwrap_or_default(), name);
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let title = format!("{}   {first} to {last}   {}", person.name, person.zone);
    let mut lines = vec![
        title.clone(),
        "─".repeat(title.chars().count()),
        format!(
            "{} on {}; {} of them count, which means they were heard long enough",
            things(1, "play"),
            things(0, "day"),
            number(2)
        ),
        format!("{} by {} (who is named first), {} hours in all", things(3, "track"), things(4, "artist"), number(5)),
    ];
    if numbers.get(6).is_some_and(|spoken| *spoken > 0) {
        lines.push(format!("{} of podcasts and audiobooks besides, {} hours", things(6, "play"), number(7)));
    }
    Ok(lines.join("\n"))
}

fn top_artists(reader: &Reader, person: &Person) -> anyhow::Result<String> {
    let query = "select artist_name, counted_plays, round(minutes_listened / 60)::bigint from rpt_top_artists
                 where account_id = ? and period = 'all time' order by artist_rank limit ?";
    let mut statement = reader.duckdb().prepare(query)?;
    let limit = i64::try_from(TOP_ARTISTS)?;
    let rows = statement.query_map(duckdb::params![person.account_id, limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    })?;
    let rows: Vec<(String, i64, i64)> = rows.collect::<duckdb::Result<_>>()?;
    let rows: Vec<(String, i64, String)> = rows
        .into_iter()
        .map(|(artist, plays, hours)| (artist, plays, format!("{}, {hours} h", chart::plays(plays))))
        .collect();
    Ok(format!("Top artists, by plays that count\n{}", bars(&rows)))
}

fn hours(reader: &Reader, person: &Person) -> anyhow::Result<String> {
    let query = "select hour_of_day::bigint, sum(counted_plays)::bigint from rpt_listening_clock
                 where account_id = ? group by all order by all";
    let mut statement = reader.duckdb().prepare(query)?;
    let rows = statement.query_map([&person.account_id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    let mut hours = vec![0_i64; 24];
    for row in rows {
        let (hour, plays) = row?;
        if let Some(slot) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *slot = plays;
        }
    }
    let labels: Vec<String> = (0..24).map(|hour| format!("{hour:02}")).collect();
    let total = hours.iter().sum::<i64>().max(1);
    let part = |from: usize, to: usize| hours.iter().skip(from).take(to - from).sum::<i64>();
    let percent = |plays: i64| (plays * 200 / total + 1) / 2;
    Ok(format!(
        "Plays that count, by hour of the day, local time\n{}\nnight {} %   morning {} %   afternoon {} %   evening {} %",
        columns_chart(&hours, &labels),
        percent(part(0, 6)),
        percent(part(6, 12)),
        percent(part(12, 18)),
        percent(part(18, 24))
    ))
}

fn year(reader: &Reader, person: &Person) -> anyhow::Result<String> {
    let query = "select date::varchar, round(music_minutes)::bigint from rpt_listening_calendar
                 where account_id = ? order by date desc limit 366";
    let mut statement = reader.duckdb().prepare(query)?;
    let rows =
        statement.query_map([&person.account_id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let mut days: Vec<(NaiveDate, i64)> = Vec::new();
    for row in rows {
        let (date, minutes) = row?;
        days.push((date.parse().with_context(|| format!("reading the day {date}"))?, minutes));
    }
    Ok(format!("Minutes of music, the last year\n{}", heatmap(&days)))
}
