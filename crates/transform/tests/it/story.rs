//! A small household whose plays go through the real models, for the commands that explain and correct.

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
    received: Vec<String>,
}

impl Story {
    pub(crate) fn new() -> Self {
        let world = World::empty();
        let mut state = world.context().state().unwrap();
        let mut add =
            |name: &str, zone| state.add_account(name, zone, CountingRule::Any, world.now).unwrap().account_id;
        let ann = add("Ann", chrono_tz::Europe::Berlin);
        let bo = add("Bo", chrono_tz::America::Denver);
        Self { world, ann, bo, received: Vec::new() }
    }

    /// Receives more rows: a table as text, with `ANN` and `BO` for the accounts. The observation is named like the
    /// play, where it is not named.
    pub(crate) fn receive(&mut self, rows: &str) {
        let rows = rows.replace("ANN", self.ann.as_str()).replace("BO", self.bo.as_str());
        self.received.push(query_of(&rows));
        let file = format!("f{}", self.received.len());
        self.world.src_file("plays", &file, &self.received.join(" union all by name "));
        self.world.manifest("plays", &[(&file, 1)]);
    }

    #[track_caller]
    pub(crate) fn refresh(&self) -> Summary {
        jobs::refresh_if_changed(&self.world.context(), None).unwrap_or_else(|error| panic!("{error:#}"))
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
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = rows.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = cells(lines.next().unwrap());
    let literal = |cell: String| if cell == "null" { cell } else { format!("'{}'", cell.replace('\'', "''")) };
    let values: Vec<String> = lines
        .map(|line| format!("({})", cells(line).into_iter().map(literal).collect::<Vec<_>>().join(", ")))
        .collect();
    let named = header.iter().any(|name| name == "observation_id");
    let observation = if named { "" } else { "play_id as observation_id, " };
    format!("select {observation}* from (values {}) as rows({})", values.join(", "), header.join(", "))
}
