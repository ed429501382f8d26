//! Log lines: to stderr, compact for people or JSON for collectors.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

use crate::args::LogFormat;

/// Starts logging for this process. A second call (tests) changes nothing.
pub(crate) fn start(level: Option<&str>, format: LogFormat) -> anyhow::Result<()> {
    let is_watched = std::io::stderr().is_terminal();
    let level = level.unwrap_or(if is_watched { "warn" } else { "info" });
    let not_understood = || {
        let ways = "write error, warn, info, debug or trace, or ingest=debug,info for parts of the programs";
        crate::Stop::Usage(format!("LOG_LEVEL {level:?} is not understood: {ways}"))
    };
    // A word that is no level would be taken for the name of a part.
    if level.split(',').any(|part| !part.contains('=') && part.trim().parse::<LevelFilter>().is_err()) {
        return Err(not_understood().into());
    }
    let filter = EnvFilter::try_new(level).map_err(|_| not_understood())?;
    let base = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_watched);
    // Err means a subscriber is already set, which is fine: it stays.
    drop(match format {
        LogFormat::Text => base.compact().with_target(false).try_init(),
        LogFormat::Json => base.json().flatten_event(true).try_init(),
    });
    Ok(())
}
