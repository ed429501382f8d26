//! Where a figure comes from: the plays of an artist, a track, an account or a period, by the sources
//! that told them, the rules that made one of several reports, and the runs that brought them.

use duckdb::Row;
use platform::Stop;
use serde::Serialize;

use super::{Of, Published};

/// So many plays and runs are named.
const MOST_NAMED: usize = 10;

/// A local time as text.
const LOCAL: &str = "'%Y-%m-%d %H:%M:%S'";

/// What stands behind a figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What was asked for, in words: `by "Xenia" from 2024-01-01 on`.
    pub(crate) of: String,
    /// Real plays.
    pub(crate) plays: i64,
    /// Those that count, by the rule of each account.
    pub(crate) counted_plays: i64,
    /// Minutes heard, reported or estimated.
    pub(crate) minutes_listened: f64,
    /// The part of them that is estimated.
    pub(crate) minutes_estimated: f64,
    /// Plays of which not even an estimate of the time is possible.
    pub(crate) unmeasured_plays: i64,
    /// Podcasts and audiobooks among them, which are in none of these numbers where there is any music.
    pub(crate) spoken_plays: i64,
    /// The first and the last day, by the listener's own clock.
    pub(crate) first_day: String,
    /// The same.
    pub(crate) last_day: String,
    /// The sources whose reports speak for the plays.
    pub(crate) by_source: Vec<Part>,
    /// Reports that another one stands for, by the rule; the name is empty for older versions of a report.
    pub(crate) merged: Vec<Part>,
    /// Plays that a correction left out or gave away, which are in none of these numbers.
    pub(crate) corrected: Vec<Part>,
    /// The runs that brought the reports, those of most reports first.
    pub(crate) runs: Vec<Part>,
    /// How many runs there are in all.
    pub(crate) runs_in_all: usize,
    /// Stretches within these days in which plays of any music may be missing, and about how many.
    pub(crate) open_gaps: i64,
    /// The same.
    pub(crate) missing_plays: i64,
    /// The newest plays, to be explained one by one.
    pub(crate) newest: Vec<Named>,
}

/// A part of a figure.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    /// A source, a rule, a correction or a run.
    pub(crate) name: String,
    /// What else tells it from others: the source of a report or run, the action of a correction.
    pub(crate) kind: String,
    /// How many plays or reports.
    pub(crate) count: i64,
}

/// A play by its key.
#[derive(Debug, Serialize)]
pub(crate) struct Named {
    pub(crate) play_id: String,
    pub(crate) ended_local: String,
    pub(crate) track_name: Option<String>,
    pub(crate) artist_name: Option<String>,
}

impl Published {
    /// What stands behind the plays that are asked for.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when there are none.
    pub(crate) fn figure(&self, of: &Of) -> anyhow::Result<Figure> {
        of.period.in_order()?;
        self.reader.needs("a figure is explained by", &["rpt_gaps"])?;
        if of.genre.is_some() {
            self.reader.needs("plays of a genre are found by", &["fct_artist_genre", "dim_genre"])?;
        }
        let period = of.period.condition("ended_at", "played_date");
        let duckdb = self.reader.duckdb();
        duckdb.execute_batch(&format!(
            "create or replace temp table chosen as
             select play_id, account_id, source, is_counted, is_estimated, ms_listened, played_date, ended_at,
                 strftime(timezone(zone, ended_at), {LOCAL}) as ended_local, track_name, artist_name, is_music
             from fct_track_played
             join (select account_id, account_name from dim_account) using (account_id)
             join (select track_id, track_name from dim_track) using (track_id)
             join (select artist_id, artist_name, country, country_code from dim_artist) using (artist_id)
             join (select album_id, album_name from dim_album) using (album_id)
             where {}{}{period}",
            of.names("artist_id", "track_id"),
            of.more_names()
        ))?;
        // Reports count music, and tell of spoken word apart.
        let spoken_plays = duckdb
            .execute("delete from chosen where not is_music and exists (select 1 from chosen where is_music)", [])?;
        let corrected = self.corrected(of)?;
        let totals = "select count(*), count(*) filter (where is_counted), coalesce(sum(ms_listened), 0)::bigint,
                coalesce(sum(ms_listened) filter (where is_estimated), 0)::bigint,
                count(*) filter (where ms_listened is null), min(played_date)::varchar, max(played_date)::varchar
             from chosen";
        let minutes = |ms: i64| (ms as f64 / 6e3).round() / 10.0;
        let figure = duckdb.query_row(totals, [], |row| {
            Ok(Figure {
                of: of.words(),
                plays: row.get(0)?,
                counted_plays: row.get(1)?,
                minutes_listened: minutes(row.get(2)?),
                minutes_estimated: minutes(row.get(3)?),
                unmeasured_plays: row.get(4)?,
                spoken_plays: spoken_plays as i64,
                first_day: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
                last_day: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
                by_source: Vec::new(),
                merged: Vec::new(),
                corrected,
                runs: Vec::new(),
                runs_in_all: 0,
                open_gaps: 0,
                missing_plays: 0,
                newest: Vec::new(),
            })
        })?;
        if figure.plays == 0 && figure.corrected.is_empty() {
            let text = format!(
                "no play {} is published: names are those in `music-tracker query \"select {} from {}\"`",
                figure.of,
                of.names_in().0,
                of.names_in().1
            );
            return Err(Stop::Usage(text).into());
        }
        self.with_parts(figure)
    }

    fn with_parts(&self, mut figure: Figure) -> anyhow::Result<Figure> {
        let duckdb = self.reader.duckdb();
        figure.by_source =
            self.parts("select source, '', count(*) as plays from chosen group by source order by plays desc, source")?;
        figure.merged = self.parts(
            "select coalesce(sources.rule, ''), reports.source, count(*) as told
             from rpt_play_sources as sources
             semi join chosen on sources.canonical_play_id = chosen.play_id
             join src_plays as reports on sources.observation_id = reports.observation_id
             group by all order by told desc, 1, 2",
        )?;
        figure.runs = self.parts(
            "with reports as (
                 select observation_id from rpt_play_sources
                 semi join chosen on rpt_play_sources.canonical_play_id = chosen.play_id
                 union
                 select observation_id from src_plays semi join chosen using (play_id)
             )
             select coalesce(run_id, ''), source, count(*) as told
             from src_plays semi join reports using (observation_id)
             group by all order by told desc, 1, 2",
        )?;
        figure.runs_in_all = figure.runs.len();
        figure.runs.truncate(MOST_NAMED);
        let gaps = "select count(*), coalesce(sum(greatest(estimated_plays - plays_filled, 0)), 0)::bigint
             from rpt_gaps
             where state = 'open'
                 and exists (select 1 from chosen where chosen.account_id = rpt_gaps.account_id)
                 and gap_start < (select max(ended_at) from chosen) and gap_end > (select min(ended_at) from chosen)";
        (figure.open_gaps, figure.missing_plays) = duckdb.query_row(gaps, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let newest = format!(
            "select play_id, ended_local, track_name, artist_name from chosen
             order by ended_at desc, play_id limit {MOST_NAMED}"
        );
        let named = |row: &Row<'_>| {
            Ok(Named {
                play_id: row.get(0)?,
                ended_local: row.get(1)?,
                track_name: row.get(2)?,
                artist_name: row.get(3)?,
            })
        };
        figure.newest = duckdb.prepare(&newest)?.query_map([], named)?.collect::<duckdb::Result<_>>()?;
        Ok(figure)
    }

    /// Corrections name no local day, so the period is by the clock of UTC here. Plays that were given
    /// away are gone from the account that told them, and from no number of everybody's.
    fn corrected(&self, of: &Of) -> anyhow::Result<Vec<Part>> {
        if of.needs_more() {
            return Ok(Vec::new());
        }
        let given_away = if of.account.is_some() { "" } else { " and action = 'exclude'" };
        let period = of.period.condition("ended_at", "cast(timezone('UTC', ended_at) as date)");
        // There is no key of an artist.
        let names = of.names("artist_name", "track_id");
        self.parts(&format!(
            "select correction_id, action, count(*) as plays from rpt_corrected_plays
             where {names}{period}{given_away} group by all order by plays desc, 1, 2"
        ))
    }

    fn parts(&self, query: &str) -> anyhow::Result<Vec<Part>> {
        let part = |row: &Row<'_>| Ok(Part { name: row.get(0)?, kind: row.get(1)?, count: row.get(2)? });
        Ok(self.reader.duckdb().prepare(query)?.query_map([], part)?.collect::<duckdb::Result<_>>()?)
    }
}
