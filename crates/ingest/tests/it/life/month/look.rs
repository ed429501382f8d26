//! What must hold at the end of a month.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use platform::state::Gap;
use simulator::export::{Package, PackageKind};
use simulator::server::Service;
use simulator::{Kind, TruePlay};

use super::{LOOKED_AGAIN, Month, POLLS_PER_DAY};
use crate::life::requests;
use crate::life::schema::{self, Fact};
use crate::life::truth::Published;

impl Month {
    /// Compares what is stored with what happened.
    pub(in crate::life) fn look(&mut self, when: &str, wrong: &mut Vec<String>) {
        schema::refresh(&self.folder);
        let (facts, omissions) = (schema::facts(&self.folder), schema::omissions(&self.folder));
        let mut found = std::mem::take(&mut self.wrong);
        found.extend(requests::check(&self.server.request_log(), &self.weather, POLLS_PER_DAY));
        for account in self.server.world().accounts() {
            found.extend(self.unfetched(account));
            found.extend(self.unpublished(account, &facts));
            found.extend(self.unreported(account, &omissions));
        }
        wrong.extend(found.into_iter().map(|one| format!("seed {} {when}: {one}", self.seed)));
    }

    /// What a service knew some time before its last good answer was fetched.
    fn unfetched(&self, account: &simulator::Account) -> Vec<String> {
        let world = self.server.world();
        // Late ones are looked for every half day, at the next fetch.
        let known_ms = |what: &str| self.listened.get(what).map_or(0, |at| (*at - LOOKED_AGAIN).timestamp_millis());
        let served = |service| self.server.served(service, &account.name);
        let listens = world.listens_of(account).into_iter();
        let listens = listens.filter(|listen| listen.inserted_ms <= known_ms("listenbrainz"));
        let scrobbles = world.scrobbles_of(account).into_iter();
        let scrobbles = scrobbles.filter(|scrobble| scrobble.inserted_ms <= known_ms("lastfm"));
        let (heard, scrobbled) = (served(Service::ListenBrainz), served(Service::LastFm));
        let listens =
            listens.filter(|listen| !heard.contains(&listen.number)).map(|it| format!("never fetched: {it:?}"));
        let scrobbles =
            scrobbles.filter(|it| !scrobbled.contains(&it.number)).map(|it| format!("never fetched: {it:?}"));
        listens.chain(scrobbles).collect()
    }

    /// The numbers of the plays that the exports of a kind hold.
    fn exported(&self, account: &str, wants_account_data: bool) -> BTreeSet<usize> {
        let is_account_data =
            |one: &&Package| matches!(one.kind, PackageKind::AccountData { .. }) == wants_account_data;
        let packages = self.exports.iter().filter(is_account_data);
        let plays = packages.flat_map(|package| package.plays(self.server.world()).map(move |play| (package, play)));
        plays.filter(|(package, _)| package.account == account).map(|(_, play)| play.number).collect()
    }

    fn unpublished(&self, account: &simulator::Account, facts: &[Fact]) -> Vec<String> {
        let mut numbers = self.exported(&account.name, false);
        numbers.extend(self.exported(&account.name, true));
        for service in [Service::Spotify, Service::ListenBrainz, Service::LastFm] {
            numbers.extend(self.server.served(service, &account.name));
        }
        Published::of(self.server.world(), account, &numbers).check(facts)
    }

    /// What Spotify's list never had is inside a gap, or among the silent omissions.
    fn unreported(&self, account: &simulator::Account, omissions: &[(String, i64)]) -> Vec<String> {
        let world = self.server.world();
        let context = self.context();
        let state = context.state().unwrap();
        let account_id = state.chosen_account(Some(&account.name)).unwrap().unwrap().account_id;
        let gaps: Vec<Gap> = state.gaps().unwrap().into_iter().filter(|gap| gap.account_id == account_id).collect();
        let (served, fates) = (self.server.served(Service::Spotify, &account.name), self.server.fates(&account.name));
        let exported = self.exported(&account.name, false);
        let mut wrong = Vec::new();

        let ends: Vec<DateTime<Utc>> = served.iter().map(|number| world.play(account, *number).ended_at).collect();
        let (Some(first), Some(last)) = (ends.iter().min(), ends.iter().max()) else {
            return vec![format!("{} was never polled", account.name)];
        };
        let in_gap = |end: DateTime<Utc>| gaps.iter().any(|gap| gap.noticed.0 < end && end < gap.noticed.1);
        let mut expected = BTreeSet::new();
        for play in world.plays_of(&account.name).filter(|play| !served.contains(&play.number)) {
            let (number, end) = (play.number, play.ended_at);
            let is_odd = fates.late.contains(&number) || fates.lost.contains(&number);
            if play.in_api && !is_odd && end < *last && !in_gap(end) {
                wrong.push(format!("lost by overflow and in no gap: {number} of {}, {end}", account.name));
            }
            let belongs = matches!(play.kind, Kind::Track | Kind::Local) && play.ms_played >= 30_000;
            if belongs && exported.contains(&number) && *first < end && end < *last && !in_gap(end) {
                expected.insert(end.timestamp());
            }
        }
        let told: BTreeSet<i64> =
            omissions.iter().filter(|(name, _)| *name == account.name).map(|(_, ms)| ms.div_euclid(1_000)).collect();
        if told != expected {
            let (more, less): (Vec<_>, Vec<_>) =
                (told.difference(&expected).collect(), expected.difference(&told).collect());
            let shown = |ends: &[&i64]| {
                ends.iter().take(5).map(|end| format!("{:?}", DateTime::from_timestamp(**end, 0))).collect::<Vec<_>>()
            };
            wrong.push(format!(
                "{}: {} omissions told that are none {:?}, {} not told {:?}",
                account.name,
                more.len(),
                shown(&more),
                less.len(),
                shown(&less)
            ));
        }
        // By its files of music.
        let covers = |package: &Package, play: &TruePlay<'_>| match package.kind {
            PackageKind::AccountData { .. } => matches!(play.item.kind, Kind::Track | Kind::Local),
            PackageKind::Extended { .. } => !play.in_video_file,
        };
        let mine = self.exports.iter().filter(|package| package.account == account.name);
        let covered_to = mine
            .filter_map(|package| {
                package.plays(world).filter(|play| covers(package, play)).map(|play| play.ended_at).max()
            })
            .max();
        for gap in &gaps {
            let is_covered = covered_to.is_some_and(|to| gap.before <= to);
            if gap.closed_by.is_some() != is_covered {
                wrong.push(format!("{gap:?} and the exports reach to {covered_to:?}"));
            }
        }
        wrong
    }
}
