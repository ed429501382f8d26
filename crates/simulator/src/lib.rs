//! A made-up world of people who listen to music, and the services that would know about it.
//!
//! Everything follows from a [`Scenario`] (a seed, some people, where they live and travel,
//! how much they play): the same scenario gives the same [`World`] on every machine. From a
//! world you get
//!
//! - the truth, as [`TruePlay`]s or as a Parquet file ([`truth`]),
//! - the archives that Spotify would send on request ([`export`]),
//! - what MusicBrainz and others know about its artists and places ([`facts`]),
//! - all these services on loopback, at any moment of that history, with faults on request
//!   ([`server`]).
//!
//! So a test can ask whether the pipeline stored exactly what was played.
//!
//! ```
//! use chrono_tz::Europe::Berlin;
//! use simulator::{AccountPlan, Scenario, World};
//!
//! let scenario = Scenario::new(7).plays_per_account(500).account(AccountPlan::at_home("ada", Berlin));
//! let world = World::build(&scenario)?;
//! let first = world.plays_of("ada").next().unwrap();
//! println!("{} at {} ({})", first.item.title, first.local, first.zone);
//! # anyhow::Ok(())
//! ```
//!
//! This crate refuses to know anything about the rest of the workspace: it computes local
//! times, file names and key sets on its own, so that it can disagree with the code it tests.

pub mod cli;
pub mod export;
pub mod server;
pub mod truth;

mod dice;
mod scenario;
mod world;

pub use scenario::{AccountPlan, Elsewhere, Feeds, Listing, Scenario, Shares, Stay, parse_instant};
pub use world::facts;
pub use world::{
    Account, Artist, Attribution, Catalogue, Collection, CollectionKind, Item, Kind, Listen, Origin, Reason, Scrobble,
    TruePlay, World,
};
