//! A small household whose plays go through the real models, for the commands that explain and correct.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use platform::Summary;
use platform::state::{AccountId, CountingRule};
use transform::jobs;
use transform::query::Format;

use crate::world::World;

/// Ann in Berlin and Bo in Denver, and what sources said about them.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) ann: AccountId,
    pub(crate) bo: AccountId,
    /// The files of plays that are there.
    received: Vec<String>,
    stored: usize,
    answers: usize,
    /// What this is a copy of: it lives as long as one of its copies.
    _first: Option<Arc<Story>>,
}

impl Story {
    /// Whose plays are these rows, received and built: the models that the test looks at (see
    /// [`World::wanted`]), since all of them take twice as long. Many tests begin with the same
    /// rows: they are built once, and each test goes on with a copy.
    pub(crate) fn of(wanted: &'static str, rows: &str) -> Self {
        type Built = BTreeMap<(String, &'static str), Weak<Story>>;
        static BUILT: Mutex<Built> = Mutex::new(BTreeMap::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (rows.to_owned(), wanted);
        let first = built.get(&key).and_then(Weak::upgrade).unwrap_or_else(|| {
            let mut story = Self::new();
            story.world.wanted = wanted;
            story.receive(rows);
            story.refresh();
            Arc::new(story)
        });
        built.insert(key, Arc::downgrade(&first));
        Self { _first: Some(Arc::clone(&first)), ..first.copy() }
    }

    /// The same story once more, with a life of its own from now on.
    pub(crate) fn copy(&self) -> Self {
        let Self { world, ann, bo, received, stored, answers, .. } = self;
        let (world, ann, bo, received) = (world.copy(), ann.clone(), bo.clone(), received.clone());
        Self { world, ann, bo, received, stored: *stored, answers: *answers, _first: None }
    }

    pub(crate) fn new() -> Self {
        let world = World::empty();
        let mut state = world.context().state().unwrap();
        let mut add =
            |name: &str, zone| state.add_account(name, zone, CountingRule::Any, world.now).unwrap().account_id;
        let ann = add("Ann", chrono_tz::Europe::Berlin);
        let bo = add("Bo", chrono_tz::America::Denver);
        Self { world, ann, bo, received: Vec::new(), stored: 0, answers: 0, _first: None }
    }

    /// Receives more rows: a table as text, with `ANN` and `BO` for the accounts. The observation is named like the
    /// play, where it is not named.
    pub(crate) fn receive(&mut self, rows: &str) {
        self.receive_query(&query_of(rows));
    }

    /// Receives the rows of a query, with `ANN` and `BO` for the accounts.
    pub(crate) fn receive_query(&mut self, query: &str) {
        let query = query.replace("ANN", self.ann.as_str()).replace("BO", self.bo.as_str());
        let file = self.store(&query);
        self.received.push(file);
        self.list();
    }

    fn store(&mut self, query: &str) -> String {
        self.stored += 1;
        let file = format!("f{}", self.stored);
        self.world.src_file("plays", &file, query);
        file
    }

    fn list(&self) {
        let files: Vec<(&str, u32)> = self.received.iter().map(|file| (file.as_str(), 1)).collect();
        self.world.manifest("plays", &files);
    }

    /// What was received last is gone, as when an import is undone.
    pub(crate) fn take_back(&mut self) {
        self.received.pop();
        self.list();
    }

    /// What was received last is put into one file with what came before it, as where a month has many.
    pub(crate) fn compact(&mut self) {
        let files = self.received.split_off(self.received.len().saturating_sub(2));
        let path =
            |file: &String| format!("'{}'", self.world.data().src().join(format!("plays/{file}.parquet")).display());
        let query = format!("from read_parquet([{}])", files.iter().map(path).collect::<Vec<_>>().join(", "));
        let file = self.store(&query);
        self.received.push(file);
        self.list();
    }

    /// Receives who was credited first: the artists by observation, each a name and perhaps a URI.
    pub(crate) fn credit(&self, credits: &BTreeMap<String, (&str, Option<&str>)>) {
        let row = |(observation, (artist, uri)): (&String, &(&str, Option<&str>))| {
            let (ann, uri) = (self.ann.as_str(), uri.map_or("null".to_owned(), |uri| format!("'{uri}'")));
            format!(
                "select '{observation}' as observation_id, '{ann}' as account_id, 1 as position, '{artist}' as artist_name,
                     {uri}::varchar as artist_uri"
            )
        };
        let rows: Vec<String> = credits.iter().map(row).collect();
        let file = format!("c{}", credits.len());
        self.world.src_file("play_credits", &file, &rows.join(" union all "));
        self.world.manifest("play_credits", &[(&file, 1)]);
    }

    /// MusicBrainz answers who the artist of that name is, and which genre people voted for.
    pub(crate) fn answer(&mut self, artist: &str, genre: &str) {
        self.answers += 1;
        let number = self.answers;
        let mbid = format!(
            "00000000-0000-4000-8000-{:0>12}",
            artist.len() * 100 + usize::from(artist.as_bytes()[artist.len() - 1])
        );
        let answer = format!("'a{number:04}' as answer_id, make_timestamptz(2024, 7, 1, 0, {number}, 0) as fetched_at");
        let link = format!(
            "select {answer}, 'artist_name' as subject_type, '{artist}' as subject, '{mbid}' as artist_mbid,
             '{artist}' as artist_name, 'search' as method, 100::bigint as score"
        );
        let votes = format!(
            "select {answer}, 'musicbrainz' as service, '{mbid}' as artist_ref, 'artist' as subject_type,
             '{mbid}' as subject, '{genre}' as tag, null::varchar as genre_mbid, 3::bigint as votes"
        );
        for (table, rows) in [("artist_links", link), ("genre_votes", votes)] {
            self.world.src_file(table, &format!("a{number}"), &rows);
            let files: Vec<String> = (1..=number).map(|number| format!("a{number}")).collect();
            let files: Vec<(&str, u32)> = files.iter().map(|file| (file.as_str(), 1)).collect();
            self.world.manifest(table, &files);
        }
    }

    /// Receives what another service said: the rows of one of the enrichment tables.
    pub(crate) fn told(&self, table: &str, rows: &str) {
        self.world.src_file(table, "told", &values_of(rows, ""));
        self.world.manifest(table, &[("told", 1)]);
    }

    #[track_caller]
    pub(crate) fn refresh(&self) -> Summary {
        jobs::refresh_if_changed(&self.world.context(), self.own_models().as_deref())
            .unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The folder of models of one's own, where there is one.
    pub(crate) fn own_models(&self) -> Option<PathBuf> {
        Some(self.world.sql_dir()).filter(|folder| folder.exists())
    }

    /// An answer as CSV without the header.
    #[track_caller]
    pub(crate) fn ask(&self, question: &str) -> String {
        let answer = jobs::query(&self.world.context(), question, Some(Format::Csv));
        answer.unwrap_or_else(|error| panic!("{error:#}")).lines().skip(1).collect::<Vec<_>>().join(" ")
    }

    /// Which plays are counted, as account and key.
    #[track_caller]
    pub(crate) fn plays(&self) -> String {
        self.ask(
            "select account_name || ':' || play_id from fct_track_played join dim_account using (account_id)
             order by play_id",
        )
    }
}

fn query_of(rows: &str) -> String {
    let header = rows.lines().map(str::trim).find(|line| !line.is_empty()).unwrap();
    let is_named = header.split('|').any(|name| name.trim() == "observation_id");
    values_of(rows, if is_named { "" } else { "play_id as observation_id, " })
}

fn values_of(rows: &str, more: &str) -> String {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = rows.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = cells(lines.next().unwrap());
    let literal = |cell: String| if cell == "null" { cell } else { format!("'{}'", cell.replace('\'', "''")) };
    let values: Vec<String> = lines
        .map(|line| format!("({})", cells(line).into_iter().map(literal).collect::<Vec<_>>().join(", ")))
        .collect();
    format!("select {more}* from (values {}) as rows({})", values.join(", "), header.join(", "))
}
