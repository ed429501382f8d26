//! Job: who made the music, what kind of music it is, and from where.
//!
//! What is missing or stale is worked out from all plays and from what was answered before; a
//! plan of questions follows from that, in waves, because one answer opens the next question.
//! Every answer is kept as it came before anyone looks into it, and everything that is stored
//! follows from the kept answers alone. `enrich` decides which artist of MusicBrainz somebody is;
//! what becomes of genres and places is decided in SQL.

pub mod answers;
mod areas;
pub mod args;
mod ask;
mod batches;
mod books;
mod corrected;
mod due;
mod failures;
pub mod genres;
mod heard;
mod identities;
mod known;
mod links;
pub mod names;
mod pages;
mod plan;
mod question;
mod replay;
mod run;
mod spotify_token;
mod status;
mod told;
mod who;

pub use replay::replay;
pub use run::{Wishes, run};
pub use status::status;
