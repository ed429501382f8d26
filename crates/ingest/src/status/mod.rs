//! `ingest status`: how fresh everything is, what is missing, and what a person must do.

mod collect;
mod left;
mod table;

use chrono::{DateTime, Utc};
use lake::built::{LastBuild, holds_plays};
use platform::state::TroubleKind;
use platform::{JobContext, Summary};
use serde::Serialize;

pub(crate) use collect::account_status;
pub(crate) use table::of_account as for_people;

/// How everything stands.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Everyone.
    pub accounts: Vec<AccountStatus>,
    /// What the services bear.
    pub limits: Vec<LimitStatus>,
    /// What is built of it all.
    pub star_schema: StarSchemaStatus,
}

/// How what is published stands to what is stored.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StarSchemaStatus {
    /// When it was built; absent where nothing is published.
    pub built_at: Option<DateTime<Utc>>,
    /// What it lacks of what is stored, in words for people; absent where it is up to date.
    pub lacks: Option<String>,
}

impl StarSchemaStatus {
    fn of(context: &JobContext) -> anyhow::Result<Self> {
        Ok(match LastBuild::current(&context.data)? {
            Some(build) => {
                let lacks = build.lacks(context)?.map(|lacking| lacking.line("the star schema"));
                Self { built_at: Some(build.built_at), lacks }
            }
            None if holds_plays(&context.data)? => {
                let lacks = "nothing is published yet of the plays that are stored: `music-tracker refresh` builds \
                             the star schema of them";
                Self { built_at: None, lacks: Some(lacks.to_owned()) }
            }
            None => Self::default(),
        })
    }
}

/// How one account stands.
#[derive(Debug, Clone, Serialize)]
pub struct AccountStatus {
    /// What people call it.
    pub name: String,
    /// Ours.
    pub account_id: String,
    /// Its sources, connected or imported.
    pub sources: Vec<SourceStatus>,
    /// Stretches in which plays may be missing.
    pub gaps: Vec<GapStatus>,
    /// Bytes of raw files.
    pub raw_bytes: u64,
    /// Bytes of typed tables.
    pub typed_bytes: u64,
    /// The newest run of each job.
    pub last_runs: Vec<RunStatus>,
}

/// How one source of an account stands.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SourceStatus {
    /// The source, as in the tables.
    pub source: String,
    /// The person's name there.
    pub user_name: Option<String>,
    /// Whether it is fetched.
    pub is_connected: bool,
    /// Whether the person wants it to rest.
    pub is_paused: bool,
    /// Why only a person can go on.
    pub trouble: Option<String>,
    /// What kind of trouble that is.
    pub trouble_kind: Option<TroubleKind>,
    /// The last time it answered well.
    pub last_success: Option<DateTime<Utc>>,
    /// When the person logged in; absent for a login of unknown age, which the settings gave.
    pub authorized_at: Option<DateTime<Utc>>,
    /// When its login ends; at the latest, where it is not known since when it is good.
    pub login_ends: Option<DateTime<Utc>>,
    /// What the person should know of that.
    pub login_notice: Option<String>,
    /// Whether a login waits until the service says whose it is.
    pub login_waits: bool,
    /// What it said about plays.
    pub observations: u64,
    /// The newest play.
    pub newest_play: Option<DateTime<Utc>>,
    /// How old that is.
    pub age_seconds: Option<i64>,
}

/// A stretch in which plays may be missing.
#[derive(Debug, Clone, Serialize)]
pub struct GapStatus {
    /// Whose list it was.
    pub source: String,
    /// The last play before it.
    pub after: DateTime<Utc>,
    /// The first play behind it.
    pub before: DateTime<Utc>,
    /// About how many plays are missing.
    pub estimated_plays: u32,
    /// The import that covers it.
    pub closed_by: Option<String>,
}

/// What was last done.
#[derive(Debug, Clone, Serialize)]
pub struct RunStatus {
    /// Which job.
    pub job: String,
    /// The run.
    pub run_id: String,
    /// `ok`, `partial` or `failed`.
    pub status: String,
    /// What it left undone, in words.
    pub left: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// How much of a service's patience is left.
#[derive(Debug, Clone, Serialize)]
pub struct LimitStatus {
    /// Who counts.
    pub service: String,
    /// What kind of request.
    pub class: String,
    /// How many went out in the last 24 hours.
    pub used: u32,
    /// How many may.
    pub per_day: Option<u32>,
    /// Until when nobody may ask.
    pub cooling_until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
}

/// Shows how everything stands, or one account.
///
/// # Errors
/// When a table or the state database cannot be read.
pub fn status(context: &JobContext, wanted: Option<&str>) -> anyhow::Result<Summary> {
    let status = collect::status(context, wanted)?;
    let mut summary = Summary::text(table::for_people(&status, context.clock.now()));
    if let serde_json::Value::Object(counts) = serde_json::to_value(&status)? {
        summary.counts = counts;
    }
    Ok(summary)
}
