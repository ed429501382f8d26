//! What the star schema says.

use std::process::Command;

use serde_json::Value;

use crate::world::World;

/// What is asked about here: all models take twice as long.
const MODELS: &str = "fct_track_played dim_account dim_track rpt_silent_omissions";

/// A line of the fact.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) account: String,
    pub(super) source: String,
    pub(super) client: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) started_ms: Option<i64>,
    pub(super) ended_ms: i64,
    pub(super) day: i64,
}

/// Builds, tests and publishes it.
pub(super) fn refresh(folder: &World) {
    transform(folder, &["refresh"]);
}

pub(super) fn facts(folder: &World) -> Vec<Fact> {
    let sql = "select account_name, source, coalesce(client, '') as client, kind, coalesce(track_name, '') as title,
                      epoch_ms(started_at) as started_ms, epoch_ms(ended_at) as ended_ms, date_id
               from fct_track_played
               join dim_account on dim_account.account_id = fct_track_played.account_id
               join dim_track on dim_track.track_id = fct_track_played.track_id";
    let fact = |row: Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        Fact {
            account: text("account_name"),
            source: text("source"),
            client: text("client"),
            kind: text("kind"),
            title: text("title"),
            started_ms: row["started_ms"].as_i64(),
            ended_ms: row["ended_ms"].as_i64().unwrap(),
            day: row["date_id"].as_i64().unwrap(),
        }
    };
    rows(folder, sql).into_iter().map(fact).collect()
}

/// The ends, in milliseconds, of the plays that Spotify's list should have had.
pub(super) fn omissions(folder: &World) -> Vec<(String, i64)> {
    let sql = "select account_name, epoch_ms(ended_at) as ended_ms from rpt_silent_omissions";
    let omission = |row: Value| (row["account_name"].as_str().unwrap().to_owned(), row["ended_ms"].as_i64().unwrap());
    rows(folder, sql).into_iter().map(omission).collect()
}

fn rows(folder: &World, sql: &str) -> Vec<Value> {
    let answer = transform(folder, &["query", "--format", "json", sql]);
    answer.lines().filter(|line| !line.is_empty()).map(|row| serde_json::from_str(row).unwrap()).collect()
}

/// The programs of the workspace are built into one folder.
fn transform(folder: &World, args: &[&str]) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_ingest")).with_file_name("transform");
    assert!(program.exists(), "{} is not built: use `make test`", program.display());
    let mut command = Command::new(program);
    command.args(args).env_clear().env("ENVIRONMENT", "testing").env("DATA_DIR", folder.path("data"));
    command.env("MUSIC_TRANSFORM__MODELS", MODELS);
    let output = command.output().unwrap();
    assert!(output.status.success(), "transform {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
