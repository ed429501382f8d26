//! What every program of Music Tracker shares: settings, tracing, the clock, the paths
//! below the data folder, the state database, whole-file writes and the job protocol.
//!
//! It depends on no other crate of the workspace and knows neither Spotify nor Parquet.

pub mod args;
pub mod clock;
pub mod corrections;
pub mod files;
pub mod hints;
pub mod job;
pub mod parent;
pub mod paths;
mod printable;
pub mod private;
pub mod progress;
pub mod report;
pub mod seal;
pub mod settings;
pub mod sheet;
pub mod state;
pub mod stop;
pub mod stopping;
mod telemetry;
mod zone;

pub use args::CommonArgs;
pub use clock::{Clock, FixedClock, SystemClock};
pub use job::{JobContext, Summary, new_run_id, run_change, run_command, run_job, run_question};
pub use paths::DataDir;
pub use printable::printable;
pub use report::Report;
pub use seal::Sealer;
pub use settings::Settings;
pub use state::StateDb;
pub use stop::Stop;
pub use zone::{beginning_of_day, parse_zone};
