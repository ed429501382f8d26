//! The flags that describe a scenario, the same for every command.

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};

use crate::{AccountPlan, Elsewhere, Feeds, Listing, Scenario, Shares, World, parse_instant};

/// Describes the world; the same flags give the same world.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The world")]
pub(super) struct ScenarioArgs {
    /// The seed of all chance
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How many plays each account has
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    plays: usize,

    /// When the history begins: a date (midnight UTC) or an RFC 3339 instant
    #[arg(long, value_name = "INSTANT", default_value = "2022-01-01", value_parser = parse_instant)]
    from: DateTime<Utc>,

    /// When it ends
    #[arg(long, value_name = "INSTANT", default_value = "2025-01-01", value_parser = parse_instant)]
    to: DateTime<Utc>,

    /// A listener, the home zone and journeys; repeat for more [default: alice and bob]
    #[arg(long = "account", value_name = "NAME=ZONE[,ZONE@INSTANT...]")]
    accounts: Vec<AccountPlan>,

    /// How much is not plain tracks: podcasts, audiobooks, video, local, unattributed; repeatable
    #[arg(long = "share", value_name = "KIND=FRACTION", value_parser = parse_share)]
    shares: Vec<(ShareKind, f64)>,

    /// How many artists there are
    #[arg(long, value_name = "COUNT", default_value_t = 1_200)]
    artists: usize,

    /// Let MusicBrainz have the address at Spotify of every artist, and not only of most
    #[arg(long)]
    all_linked: bool,

    /// Share of export rows that are there twice
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0)]
    exact_doubles: f64,

    /// How many more plays each account has on its own music server (Navidrome)
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    navidrome_plays: usize,

    /// Whose plays ListenBrainz is told of: spotify, navidrome or both, with a comma
    #[arg(long, value_name = "ORIGINS", value_parser = parse_feeds, default_value = "")]
    listenbrainz: Feeds,

    /// Whose plays Last.fm is told of: spotify, navidrome or both, with a comma
    #[arg(long, value_name = "ORIGINS", value_parser = parse_feeds, default_value = "")]
    lastfm: Feeds,

    /// How many of a thousand plays on Navidrome are told hours or days later
    #[arg(long, value_name = "PER_MILLE", default_value_t = 30)]
    late_listens: u32,

    /// How many of a thousand plays Spotify's list shows hours or days late
    #[arg(long, value_name = "PER_MILLE", default_value_t = 0)]
    late_plays: u32,

    /// How many of a thousand plays Spotify's list never shows
    #[arg(long, value_name = "PER_MILLE", default_value_t = 0)]
    lost_plays: u32,
}

type ShareKind = fn(&mut Shares) -> &mut f64;

impl ScenarioArgs {
    /// Makes the world.
    pub(super) fn world(&self) -> anyhow::Result<World> {
        let mut shares = Shares::default();
        for (kind, share) in &self.shares {
            *kind(&mut shares) = *share;
        }
        let mut scenario = Scenario::new(self.seed)
            .between(self.from, self.to)
            .plays_per_account(self.plays)
            .artists(self.artists)
            .all_linked(self.all_linked)
            .shares(shares)
            .exact_doubles(self.exact_doubles)
            .elsewhere(Elsewhere {
                navidrome_plays: self.navidrome_plays,
                listenbrainz: self.listenbrainz,
                lastfm: self.lastfm,
                late_per_mille: self.late_listens,
            })
            .listing(Listing::with(self.late_plays, self.lost_plays));
        if self.accounts.is_empty() {
            scenario = scenario.household();
        }
        scenario.accounts.extend(self.accounts.iter().cloned());
        World::build(&scenario)
    }
}

fn parse_share(text: &str) -> anyhow::Result<(ShareKind, f64)> {
    let (kind, share) = text.split_once('=').context("expected KIND=FRACTION, such as podcasts=0.1")?;
    let kind: ShareKind = match kind {
        "podcasts" => |shares| &mut shares.podcasts,
        "audiobooks" => |shares| &mut shares.audiobooks,
        "video" => |shares| &mut shares.video,
        "local" => |shares| &mut shares.local,
        "unattributed" => |shares| &mut shares.unattributed,
        other => bail!("no such kind: {other} (podcasts, audiobooks, video, local, unattributed)"),
    };
    Ok((kind, share.parse().with_context(|| format!("{share} is not a number"))?))
}

fn parse_feeds(text: &str) -> anyhow::Result<Feeds> {
    let mut feeds = Feeds::default();
    for origin in text.split(',').filter(|origin| !origin.is_empty()) {
        match origin {
            "spotify" => feeds.spotify = true,
            "navidrome" => feeds.navidrome = true,
            other => bail!("no such origin: {other} (spotify, navidrome)"),
        }
    }
    Ok(feeds)
}
