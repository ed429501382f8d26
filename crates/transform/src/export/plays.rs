//! Which plays are exported, and the columns of each.

use std::path::Path;

use platform::{Stop, Summary};

use super::{Format, Request};
use crate::engine::sql::literal;
use crate::period::Period;
use crate::query::Reader;

/// What the plays are read from.
const NEEDED: &[&str] =
    &["fct_track_played", "dim_account", "dim_track", "dim_artist", "dim_album", "bridge_track_artist"];

/// An instant as text.
const INSTANT: &str = "'%Y-%m-%dT%H:%M:%S.%gZ'";

/// A local time as text, without a zone: that is a column of its own.
const LOCAL: &str = "'%Y-%m-%dT%H:%M:%S.%g'";

/// The plays that somebody asked for.
pub(super) struct Choice {
    format: Format,
    /// In words: `Ann`, `everyone`.
    who: String,
    /// A condition on `fct_track_played`.
    of_account: String,
    /// The same, with the period.
    chosen: String,
    period: Period,
}

/// How many plays there are.
#[derive(Debug, Default)]
pub(super) struct Counts {
    who: String,
    plays: i64,
    days: (String, String),
    /// Plays that stay out of a file for ListenBrainz, with the reason.
    left_out: Vec<(i64, &'static str, &'static str)>,
}

/// Why a play is no listen for ListenBrainz: the name of the count, the condition and the words. The first that holds is told.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("left_out_not_music", "kind not in ('track', 'local')", "are no music, or nobody knows what they are of"),
    ("left_out_untitled", "track_name is null or artist_name is null", "have no title or no artist"),
    ("left_out_masked", "is_masked", "are of artists you masked"),
    ("left_out_not_counted", "not is_counted", "do not count"),
    ("left_out_already_there", "is_at_listenbrainz", "came from ListenBrainz, or are there already"),
];

impl Choice {
    pub(super) fn of(reader: &Reader, request: &Request, format: Format) -> anyhow::Result<Self> {
        reader.needs("an export needs", NEEDED)?;
        let mut people = reader.duckdb().prepare(
            "select account_id, account_name from dim_account semi join fct_track_played using (account_id)
             order by account_name",
        )?;
        let people = people.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let people: Vec<(String, String)> = people.collect::<duckdb::Result<_>>()?;
        let names = || people.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
        let (who, of_account) = match &request.account {
            Some(wanted) => {
                let found = people.iter().find(|(_, name)| name == wanted);
                let found = found.or_else(|| people.iter().find(|(_, name)| name.eq_ignore_ascii_case(wanted)));
                let Some((id, name)) = found else {
                    let text = format!("no plays of {wanted:?} are published; there are: {}", names());
                    return Err(Stop::Usage(text).into());
                };
                (name.clone(), format!("plays.account_id = {}", literal(id)))
            }
            None if format == Format::Listenbrainz && people.len() > 1 => {
                let text = format!("a file for ListenBrainz is of one account: name it with --account ({})", names());
                return Err(Stop::Usage(text).into());
            }
            None => ("everyone".to_owned(), "true".to_owned()),
        };
        request.period.in_order()?;
        let chosen = of_account.clone() + &request.period.condition("plays.ended_at", "plays.played_date");
        Ok(Self { format, who, of_account, chosen, period: request.period })
    }

    /// Counts the plays.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when there are none.
    pub(super) fn counts(&self, reader: &Reader) -> anyhow::Result<Counts> {
        let (plays, days) = self.span(reader, &self.chosen)?;
        let Some(days) = days else {
            let all = match self.span(reader, &self.of_account)? {
                (_, Some((first, last))) => format!("their plays are of {first} to {last}"),
                _ => "there are no plays at all".to_owned(),
            };
            return Err(Stop::Usage(format!("no plays of {} {}: {all}", self.who, self.period)).into());
        };
        let mut counts = Counts { who: self.who.clone(), plays, days, left_out: Vec::new() };
        if self.format == Format::Listenbrainz {
            let mut before = "true".to_owned();
            for (name, condition, words) in LEFT_OUT {
                let query = format!("select count(*) from ({}) where {before} and ({condition})", self.plays());
                let left_out: i64 = reader.duckdb().query_row(&query, [], |row| row.get(0))?;
                counts.left_out.push((left_out, name, words));
                counts.plays -= left_out;
                before += &format!(" and not coalesce({condition}, false)");
            }
            if counts.plays == 0 {
                let text = format!("no listens for ListenBrainz: of {plays} plays{}", counts.left_out());
                return Err(Stop::Usage(text).into());
            }
        }
        Ok(counts)
    }

    fn span(&self, reader: &Reader, condition: &str) -> anyhow::Result<(i64, Option<(String, String)>)> {
        let query = format!(
            "select count(*), min(played_date)::varchar, max(played_date)::varchar from fct_track_played as plays
             where {condition}"
        );
        let span = reader.duckdb().query_row(&query, [], |row| {
            let days: (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, days.0.zip(days.1)))
        })?;
        Ok(span)
    }

    /// The rows of the file, oldest first.
    pub(super) fn query(&self) -> String {
        let plays = self.plays();
        let columns = "* exclude (is_masked, is_at_listenbrainz, credits, credit_mbids, track_number)";
        match self.format {
            Format::Parquet => format!("select {columns} from ({plays}) order by ended_at, play_id"),
            Format::Csv | Format::Json => format!(
                "select {columns} replace (
                     strftime(timezone('UTC', started_at), {INSTANT}) as started_at,
                     strftime(timezone('UTC', ended_at), {INSTANT}) as ended_at,
                     strftime(started_local, {LOCAL}) as started_local, strftime(ended_local, {LOCAL}) as ended_local
                 ) from ({plays}) as plays order by plays.ended_at, play_id"
            ),
            Format::Listenbrainz => listens(&plays),
        }
    }

    /// One row for each play. What would tell who a masked artist is, is left empty.
    fn plays(&self) -> String {
        format!(
            "with credited as (
                 select bridge_track_artist.track_id,
                     list(dim_artist.artist_name order by bridge_track_artist.position) as credits,
                     -- Of everybody, or of nobody: whose each is, is told by its place alone.
                     case when count(dim_artist.artist_mbid) = count(*)
                         then list(dim_artist.artist_mbid order by bridge_track_artist.position) end as credit_mbids,
                     bool_or(dim_artist.mask_name is not null) as is_masked
                 from bridge_track_artist join dim_artist using (artist_id)
                 where artist_id <> 'unknown' group by bridge_track_artist.track_id
             ),
             at_listenbrainz as (
                 select distinct sources.canonical_play_id as play_id from rpt_play_sources as sources
                 semi join (select observation_id from src_plays where source = 'listenbrainz') as told
                     on sources.observation_id = told.observation_id
             ),
             named as (
                 select plays.*, accounts.account_name, tracks.isrc, tracks.recording_mbid,
                     case when plays.track_id <> 'unknown' then tracks.track_name end as track_name,
                     tracks.track_uri, artists.artist_uri, albums.album_uri, artists.artist_mbid,
                     case when plays.artist_id <> 'unknown' then artists.artist_name end as artist_name,
                     array_to_string(credited.credits, '; ') as artist_names, credited.credits,
                     credited.credit_mbids, tracks.track_number, albums.release_mbid,
                     case when plays.album_id <> 'unknown' then albums.album_name end as album_name,
                     case when albums.artist_id <> 'unknown' then album_artists.artist_name end as album_artist_name,
                     coalesce(credited.is_masked, false) or artists.mask_name is not null
                         or album_artists.mask_name is not null as is_masked,
                     plays.source = 'listenbrainz' or at_listenbrainz.play_id is not null as is_at_listenbrainz
                 from fct_track_played as plays
                 join dim_account as accounts on plays.account_id = accounts.account_id
                 join dim_track as tracks on plays.track_id = tracks.track_id
                 join dim_artist as artists on plays.artist_id = artists.artist_id
                 join dim_album as albums on plays.album_id = albums.album_id
                 join dim_artist as album_artists on albums.artist_id = album_artists.artist_id
                 left join credited on plays.track_id = credited.track_id
                 left join at_listenbrainz on plays.play_id = at_listenbrainz.play_id
                 where {}
             )
             select account_name as account, play_id, started_at, ended_at,
                 timezone(zone, started_at) as started_local, timezone(zone, ended_at) as ended_local, zone,
                 kind, track_name, artist_name, artist_names, album_name, album_artist_name,
                 case when not is_masked then track_uri end as track_uri,
                 case when not is_masked then artist_uri end as artist_uri,
                 case when not is_masked then album_uri end as album_uri,
                 case when not is_masked then isrc end as isrc,
                 case when not is_masked then artist_mbid end as artist_mbid,
                 case when not is_masked then recording_mbid end as recording_mbid,
                 case when not is_masked then release_mbid end as release_mbid,
                 ms_played, ms_listened, duration_ms, is_counted, is_music, is_skip, is_finished, is_estimated,
                 is_end_estimated, is_shuffle, is_offline, is_incognito, source, client, platform, conn_country,
                 case when not is_masked then context_uri end as context_uri, reason_start, reason_end,
                 is_masked, is_at_listenbrainz, credits, credit_mbids, track_number
             from named",
            self.chosen
        )
    }
}

/// Listens tell the start; where no source tells it, it is the end less the time heard.
fn listens(plays: &str) -> String {
    let stays: Vec<String> =
        LEFT_OUT.iter().map(|(_, condition, _)| format!("not coalesce({condition}, false)")).collect();
    format!(
        "select epoch_ms(coalesce(started_at, ended_at - to_milliseconds(coalesce(ms_listened, duration_ms, 0)))) // 1000
                 as listened_at,
             -- A merge takes what is empty away.
             json_merge_patch('{{}}', to_json({{
                 'artist_name': coalesce(array_to_string(credits, ', '), artist_name), 'track_name': track_name,
                 'release_name': album_name,
                 'additional_info': {{
                     'artist_names': credits, 'artist_mbids': credit_mbids, 'recording_mbid': recording_mbid,
                     'release_mbid': release_mbid,
                     'tracknumber': track_number,
                     'submission_client': 'Music Tracker', 'submission_client_version': {},
                     'original_submission_client': client,
                     'spotify_id': case when starts_with(track_uri, 'spotify:track:')
                         then 'https://open.spotify.com/track/' || substr(track_uri, 15) end,
                     'music_service': case when starts_with(track_uri, 'spotify:track:') then 'spotify.com' end,
                     'isrc': isrc, 'release_artist_name': album_artist_name, 'duration_ms': nullif(duration_ms, 0),
                     'duration_played': case when not is_estimated then round(ms_listened / 1000)::bigint end
                 }}
             }})) as track_metadata
         from ({plays}) as plays where {} order by plays.ended_at, play_id",
        literal(env!("CARGO_PKG_VERSION")),
        stays.join(" and ")
    )
}

impl Counts {
    /// What was done, in one line for people.
    pub(super) fn text(&self) -> String {
        let Self { who, plays, days: (first, last), .. } = self;
        let days = if first == last { first.clone() } else { format!("{first} to {last}") };
        let noun = if *plays == 1 { "play" } else { "plays" };
        format!("exported {plays} {noun} of {who}, {days}{}", self.left_out())
    }

    fn left_out(&self) -> String {
        let some = self.left_out.iter().filter(|(plays, _, _)| *plays > 0);
        some.map(|(plays, _, words)| format!("; {plays} {words}")).collect()
    }

    pub(super) fn summary(&self, path: &Path, bytes: u64) -> Summary {
        let text = format!("{}\nto {} ({bytes} bytes)", self.text(), path.display());
        let summary = Summary::text(text).count("plays", self.plays).count("bytes", bytes);
        self.left_out.iter().fold(summary, |summary, (plays, name, _)| summary.count(name, *plays))
    }
}
