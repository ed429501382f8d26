//! The typed tables below `src/`. A change here is a change of the stored format: add
//! columns at the end, raise the version, never rename or retype.

mod enrichment;

pub use enrichment::{
    ALBUM_CREDITS, ALBUM_LINKS, ALBUMS, AREA_COORDINATES, AREA_PARENTS, AREAS, ARTIST_ALIASES, ARTIST_LINKS, ARTISTS,
    ENRICHMENT_TABLES, GENRE_VOTES, LOOKUPS, RECORDINGS, TRACK_CREDITS, TRACKS,
};

/// The type of a column, the same in Parquet, DuckDB and Spark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// A 64-bit integer.
    Int,
    /// A number with a fraction, 64 bits.
    Real,
    /// True or false.
    Bool,
    /// An instant in UTC with microseconds.
    Instant,
}

impl ColumnType {
    /// The name of the type in SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "varchar",
            Self::Int => "bigint",
            Self::Real => "double",
            Self::Bool => "boolean",
            Self::Instant => "timestamptz",
        }
    }
}

/// A column of a table. Files of an older version may lack it; it then reads as null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in Parquet and SQL.
    pub name: &'static str,
    /// Its type.
    pub column_type: ColumnType,
}

/// A table of typed Parquet files.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The folder below `src/`; SQL sees it as `src_<name>`.
    pub name: &'static str,
    /// Written into the manifest beside each file.
    pub version: u32,
    /// In the order of the file.
    pub columns: &'static [Column],
}

const fn text(name: &'static str) -> Column {
    Column { name, column_type: ColumnType::Text }
}

const fn int(name: &'static str) -> Column {
    Column { name, column_type: ColumnType::Int }
}

const fn real(name: &'static str) -> Column {
    Column { name, column_type: ColumnType::Real }
}

const fn boolean(name: &'static str) -> Column {
    Column { name, column_type: ColumnType::Bool }
}

const fn instant(name: &'static str) -> Column {
    Column { name, column_type: ColumnType::Instant }
}

/// What sources said about plays, one row per distinct statement.
pub const PLAYS: Table = Table {
    name: "plays",
    version: 1,
    columns: &[
        text("observation_id"),
        text("play_id"),
        text("account_id"),
        text("source"),
        text("client"),
        text("kind"),
        text("time_raw"),
        text("clock"),
        text("time_precision"),
        instant("started_at"),
        instant("ended_at"),
        text("time_estimated"),
        int("ms_played"),
        int("duration_ms"),
        text("track_uri"),
        text("track_name"),
        text("track_isrc"),
        text("recording_mbid"),
        text("album_uri"),
        text("album_name"),
        text("album_release_date"),
        text("album_release_date_precision"),
        text("album_artist_name"),
        text("context_uri"),
        text("platform"),
        text("conn_country"),
        boolean("shuffle"),
        boolean("skipped"),
        boolean("offline"),
        boolean("incognito"),
        text("reason_start"),
        text("reason_end"),
        text("raw_id"),
        int("raw_ordinal"),
        text("run_id"),
        instant("ingested_at"),
    ],
};

/// Who is credited for a play, one row per observation and position.
pub const PLAY_CREDITS: Table = Table {
    name: "play_credits",
    version: 1,
    columns: &[
        text("observation_id"),
        text("account_id"),
        int("position"),
        text("artist_name"),
        text("artist_uri"),
        text("artist_mbid"),
        text("join_phrase"),
        text("run_id"),
    ],
};

/// Rows that could not be read, with the reason; their bytes stay in the raw file.
pub const REJECTED: Table = Table {
    name: "rejected",
    version: 1,
    columns: &[
        text("account_id"),
        text("source"),
        text("file_name"),
        text("raw_id"),
        int("raw_ordinal"),
        int("byte_offset"),
        text("reason"),
        text("detail"),
        text("excerpt"),
        text("run_id"),
        instant("ingested_at"),
    ],
};

/// All tables that ingestion writes.
pub const TABLES: &[&Table] = &[&PLAYS, &PLAY_CREDITS, &REJECTED];

/// Every typed table: what ingestion writes, then what enrichment writes.
pub fn all_tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().chain(ENRICHMENT_TABLES).copied()
}
