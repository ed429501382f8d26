//! Rows to Polars frames and back, column by column in the order of the schema.

use anyhow::Context;
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Field, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray,
    PolarsResult, StringChunked, StringChunkedBuilder, TimeUnit, TimeZone,
};
use serde::Serialize;
use serde_json::Value;

use crate::identity::Id;
use crate::parts::{Observation, Rejection};
use crate::play::UnixMs;
use crate::schema::{ColumnType, Table};

/// Observations as the table `plays`.
pub(crate) fn plays(account_id: &str, rows: &[Observation<'_>]) -> PolarsResult<DataFrame> {
    let columns = vec![
        ids("observation_id", rows, |row| row.observation_id),
        ids("play_id", rows, |row| row.play_id),
        texts("account_id", rows, |_| Some(account_id)),
        texts("source", rows, |row| Some(row.source.as_str())),
        texts("client", rows, |row| row.play.client.as_deref()),
        texts("kind", rows, |row| Some(row.play.kind.as_str())),
        texts("time_raw", rows, |row| Some(&row.play.time_raw)),
        texts("clock", rows, |row| Some(row.play.clock.as_str())),
        texts("time_precision", rows, |row| Some(row.play.time_precision.as_str())),
        instants("started_at", rows, |row| row.play.started_at()),
        instants("ended_at", rows, |row| row.play.ended_at()),
        texts("time_estimated", rows, |row| row.play.time_estimated()),
        ints("ms_played", rows, |row| row.play.ms_played),
        ints("duration_ms", rows, |row| row.play.duration_ms),
        texts("track_uri", rows, |row| row.play.track_uri.as_deref()),
        texts("track_name", rows, |row| row.play.track_name.as_deref()),
        texts("track_isrc", rows, |row| row.play.track_isrc.as_deref()),
        texts("recording_mbid", rows, |row| row.play.recording_mbid.as_deref()),
        texts("album_uri", rows, |row| row.play.album_uri.as_deref()),
        texts("album_name", rows, |row| row.play.album_name.as_deref()),
        texts("album_release_date", rows, |row| row.play.album_release_date.as_deref()),
        texts("album_release_date_precision", rows, |row| row.play.album_release_date_precision.as_deref()),
        texts("album_artist_name", rows, |row| row.play.album_artist_name.as_deref()),
        texts("context_uri", rows, |row| row.play.context_uri.as_deref()),
        texts("platform", rows, |row| row.play.platform.as_deref()),
        texts("conn_country", rows, |row| row.play.conn_country.as_deref()),
        booleans("shuffle", rows, |row| row.play.shuffle),
        booleans("skipped", rows, |row| row.play.skipped),
        booleans("offline", rows, |row| row.play.offline),
        booleans("incognito", rows, |row| row.play.incognito),
        texts("reason_start", rows, |row| row.play.reason_start.as_deref()),
        texts("reason_end", rows, |row| row.play.reason_end.as_deref()),
        texts("raw_id", rows, |row| Some(row.raw_id)),
        ints("raw_ordinal", rows, |row| Some(i64::from(row.raw_ordinal))),
        texts("run_id", rows, |row| Some(row.run_id)),
        instants("ingested_at", rows, |row| Some(row.ingested_at)),
    ];
    DataFrame::new(rows.len(), columns)
}

/// The credits of observations as the table `play_credits`.
pub(crate) fn play_credits(account_id: &str, rows: &[Observation<'_>]) -> PolarsResult<DataFrame> {
    let credits: Vec<_> = rows
        .iter()
        .flat_map(|row| (1_i64..).zip(row.credits).map(move |(position, credit)| (row, position, credit)))
        .collect();
    let columns = vec![
        ids("observation_id", &credits, |(row, ..)| row.observation_id),
        texts("account_id", &credits, |_| Some(account_id)),
        ints("position", &credits, |(_, position, _)| Some(*position)),
        texts("artist_name", &credits, |(_, _, credit)| Some(&credit.artist_name)),
        texts("artist_uri", &credits, |(_, _, credit)| credit.artist_uri.as_deref()),
        texts("artist_mbid", &credits, |(_, _, credit)| credit.artist_mbid.as_deref()),
        texts("join_phrase", &credits, |(_, _, credit)| credit.join_phrase.as_deref()),
        texts("run_id", &credits, |(row, ..)| Some(row.run_id)),
    ];
    DataFrame::new(credits.len(), columns)
}

/// Rows that could not be read as the table `rejected`.
pub(crate) fn rejected(account_id: &str, rows: &[Rejection]) -> PolarsResult<DataFrame> {
    let columns = vec![
        texts("account_id", rows, |_| Some(account_id)),
        texts("source", rows, |row| Some(row.source.as_str())),
        texts("file_name", rows, |row| Some(&row.file_name)),
        texts("raw_id", rows, |row| Some(&row.raw_id)),
        ints("raw_ordinal", rows, |row| Some(i64::from(row.raw_ordinal))),
        ints("byte_offset", rows, |row| i64::try_from(row.byte_offset).ok()),
        texts("reason", rows, |row| Some(&row.reason)),
        texts("detail", rows, |row| Some(&row.detail)),
        texts("excerpt", rows, |row| Some(&row.excerpt)),
        texts("run_id", rows, |row| Some(&row.run_id)),
        instants("ingested_at", rows, |row| Some(row.ingested_at)),
    ];
    DataFrame::new(rows.len(), columns)
}

/// Rows whose fields are the columns of `table`.
///
/// # Errors
/// When a column has no field, a field no column, or a value another type.
pub(crate) fn of_rows<R: Serialize>(table: &Table, rows: &[R]) -> anyhow::Result<DataFrame> {
    let mut maps = Vec::with_capacity(rows.len());
    for row in rows {
        let Value::Object(map) = serde_json::to_value(row)? else { anyhow::bail!("a row has no fields") };
        anyhow::ensure!(map.len() == table.columns.len(), "a row of {} has other fields than columns", table.name);
        maps.push(map);
    }
    let columns = table.columns.iter().map(|column| {
        let name = column.name;
        let values = maps.iter().map(|map| map.get(name).with_context(|| format!("a row has no {name}")));
        let values = values.collect::<anyhow::Result<Vec<&Value>>>()?;
        if let Some(wrong) = values.iter().find(|value| !fits(value, column.column_type)) {
            anyhow::bail!("{wrong} is no {:?} for the column {name} of {}", column.column_type, table.name);
        }
        Ok(match column.column_type {
            ColumnType::Text => texts(name, &values, |value| value.as_str()),
            ColumnType::Int => ints(name, &values, |value| value.as_i64()),
            ColumnType::Real => reals(name, &values, |value| value.as_f64()),
            ColumnType::Bool => booleans(name, &values, |value| value.as_bool()),
            ColumnType::Instant => instants(name, &values, |value| value.as_i64()),
        })
    });
    Ok(DataFrame::new(rows.len(), columns.collect::<anyhow::Result<Vec<_>>>()?)?)
}

/// Null fits everywhere: which columns are never empty, the tests of the models say.
fn fits(value: &Value, column_type: ColumnType) -> bool {
    value.is_null()
        || match column_type {
            ColumnType::Text => value.is_string(),
            ColumnType::Int | ColumnType::Instant => value.is_i64() || value.is_u64(),
            ColumnType::Real => value.is_number(),
            ColumnType::Bool => value.is_boolean(),
        }
}

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// Nothing.
    Null,
    /// A text.
    Text(&'c str),
    /// A whole number, or an instant in Unix milliseconds.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// True or false.
    Bool(bool),
}

impl<'c> Cell<'c> {
    /// The text, if it is one.
    pub fn text(self) -> Option<&'c str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number or the instant, if it is one.
    pub fn int(self) -> Option<i64> {
        if let Self::Int(int) = self { Some(int) } else { None }
    }

    /// Whether it is true, if it says.
    pub fn bool(self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(bool) } else { None }
    }
}

/// The values of a column.
pub(crate) fn cells(column: &Column) -> PolarsResult<Box<dyn Iterator<Item = Cell<'_>> + '_>> {
    fn of<'c, V>(value: Option<V>, cell: impl Fn(V) -> Cell<'c>) -> Cell<'c> {
        value.map_or(Cell::Null, cell)
    }
    Ok(match column.dtype() {
        DataType::String => Box::new(column.str()?.iter().map(|value| of(value, Cell::Text))),
        DataType::Float64 => Box::new(column.f64()?.iter().map(|value| of(value, Cell::Real))),
        DataType::Boolean => Box::new(column.bool()?.iter().map(|value| of(value, Cell::Bool))),
        DataType::Datetime(..) => {
            let micros = column.datetime()?.physical().iter();
            Box::new(micros.map(|value| of(value, |micros| Cell::Int(micros.div_euclid(1000)))))
        }
        _ => Box::new(column.i64()?.iter().map(|value| of(value, Cell::Int))),
    })
}

/// No rows, all columns.
pub(crate) fn empty(table: &Table) -> DataFrame {
    let fields = table.columns.iter().map(|column| Field::new(column.name.into(), data_type(column.column_type)));
    DataFrame::empty_with_schema(&fields.collect())
}

/// Brings a frame of any older version to the columns of `table`: missing ones become null.
pub(crate) fn conform(frame: &DataFrame, table: &Table) -> anyhow::Result<DataFrame> {
    let columns = table
        .columns
        .iter()
        .map(|column| {
            let data_type = data_type(column.column_type);
            match frame.column(column.name) {
                Ok(found) if *found.dtype() == data_type => Ok(found.clone()),
                Ok(found) => found.cast(&data_type).with_context(|| format!("reading the column {}", column.name)),
                Err(_) => Ok(Column::full_null(column.name.into(), frame.height(), &data_type)),
            }
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(DataFrame::new(frame.height(), columns)?)
}

/// The identifiers of a text column; nulls and malformed ones are left out.
pub(crate) fn read_ids(frame: &DataFrame, name: &str) -> PolarsResult<Vec<Id>> {
    Ok(frame.column(name)?.str()?.iter().filter_map(|text| Id::parse(text?)).collect())
}

pub(crate) fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Text => DataType::String,
        ColumnType::Int => DataType::Int64,
        ColumnType::Real => DataType::Float64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Instant => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
    }
}

fn ids<R>(name: &str, rows: &[R], of: impl Fn(&R) -> Id) -> Column {
    let mut builder = StringChunkedBuilder::new(name.into(), rows.len());
    for row in rows {
        builder.append_value(of(row).hex().as_str());
    }
    builder.finish().into_column()
}

fn texts<'r, R>(name: &str, rows: &'r [R], of: impl Fn(&'r R) -> Option<&'r str>) -> Column {
    StringChunked::from_iter_options(name.into(), rows.iter().map(of)).into_column()
}

fn ints<R>(name: &str, rows: &[R], of: impl Fn(&R) -> Option<i64>) -> Column {
    Int64Chunked::from_iter_options(name.into(), rows.iter().map(of)).into_column()
}

fn reals<R>(name: &str, rows: &[R], of: impl Fn(&R) -> Option<f64>) -> Column {
    Float64Chunked::from_iter_options(name.into(), rows.iter().map(of)).into_column()
}

fn booleans<R>(name: &str, rows: &[R], of: impl Fn(&R) -> Option<bool>) -> Column {
    BooleanChunked::from_iter_options(name.into(), rows.iter().map(of)).into_column()
}

/// Built, not cast: a cast would lose the UTC, and readers would take the instants for local
/// times.
fn instants<R>(name: &str, rows: &[R], of: impl Fn(&R) -> Option<UnixMs>) -> Column {
    let micros = rows.iter().map(|row| of(row).map(|ms| ms.saturating_mul(1000)));
    Int64Chunked::from_iter_options(name.into(), micros)
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column()
}

#[cfg(test)]
mod tests {
    use polars::df;

    use super::*;
    use crate::schema::PLAYS;

    #[test]
    fn a_part_of_an_older_version_has_the_columns_of_today() {
        let older = df!["observation_id" => ["a"], "ms_played" => [5_i32], "forgotten" => [true]].unwrap();
        let today = conform(&older, &PLAYS).unwrap();
        assert_eq!(today.schema(), empty(&PLAYS).schema());
        assert_eq!(today.height(), 1);
        assert_eq!(today.column("ms_played").unwrap().i64().unwrap().get(0), Some(5));
        assert_eq!(today.column("track_name").unwrap().null_count(), 1);
    }
}
