//! The models and tests of `transform` as a dbt project, made from the statements that `transform` sent:
//! the same tables, views and tests over the same sources, with dbt as the one who runs them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::measure::once;

/// What the dashboards' driver bundles of DuckDB, and the dbt that can be installed beside it.
const PACKAGES: [&str; 3] = ["dbt-core==1.10.*", "dbt-duckdb==1.10.1", "duckdb==1.5.5"];

/// A dbt project on a database of its own.
pub(crate) struct Project {
    setup: Vec<String>,
    models: Vec<Model>,
    /// Queries that must give no rows.
    tests: Vec<String>,
}

struct Model {
    name: String,
    is_view: bool,
    text: String,
}

impl Project {
    /// Of the statements of one `transform build`.
    pub(crate) fn of(statements: &[String]) -> anyhow::Result<Self> {
        let mut project = Self { setup: Vec::new(), models: Vec::new(), tests: Vec::new() };
        for statement in statements {
            if let Some(model) = model(statement) {
                project.models.push(model);
            } else if let Some(tests) = tests(statement) {
                project.tests.extend(tests);
            } else if project.models.is_empty() && is_setup(statement) {
                project.setup.push(statement.clone());
            }
        }
        let (models, tests) = (project.models.len(), project.tests.len());
        ensure!(models > 20 && tests > 100, "only {models} models and {tests} tests were found among the statements");
        Ok(project)
    }

    /// Lays fresh ground in `folder`: the project, and a database with nothing but what models read
    /// from outside, in files below `data`.
    pub(crate) fn prepare(&self, ground: &Ground, folder: &Path, data: &Path) -> anyhow::Result<()> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        for below in ["models", "tests"] {
            fs::create_dir_all(folder.join(below))?;
        }
        let names: BTreeSet<&str> = self.models.iter().map(|model| model.name.as_str()).collect();
        for Model { name, is_view, text } in &self.models {
            let kind = if *is_view { "view" } else { "table" };
            let sql = format!("{{{{ config(materialized='{kind}') }}}}\n{}", with_references(text, &names, name));
            write(folder, &format!("models/{name}.sql"), &sql)?;
        }
        for (number, query) in self.tests.iter().enumerate() {
            write(folder, &format!("tests/test_{number}.sql"), &with_references(query, &names, ""))?;
        }
        // That a test finds rows is no reason here to leave out what comes after it.
        let project = json!({
            "name": "music", "version": "1.0", "profile": "music", "config-version": 2,
            "data_tests": {"+severity": "warn"},
        });
        let target = json!({
            "type": "duckdb", "path": folder.join("warehouse.duckdb"), "threads": 2,
            "settings": {
                "threads": 2, "TimeZone": "UTC", "file_search_path": data,
                "default_null_order": "nulls_first_on_asc_last_on_desc", "preserve_insertion_order": false,
            },
        });
        let profiles = json!({"music": {"target": "bench", "outputs": {"bench": target}}});
        // JSON is YAML.
        write(folder, "dbt_project.yml", &project.to_string())?;
        write(folder, "profiles.yml", &profiles.to_string())?;
        write(folder, "setup.sql", &self.setup.join(";\n"))?;
        let mut setup = ground.program("bench-duckdb");
        once(setup.arg(folder.join("setup.sql")).arg(folder.join("warehouse.duckdb")))?;
        Ok(())
    }

    /// `dbt build`: all models and all their tests.
    pub(crate) fn command(folder: &Path, dbt: &Path) -> Command {
        let mut command = Command::new(dbt);
        command.args(["build", "--quiet", "--profiles-dir", "."]).current_dir(folder);
        command.env("DO_NOT_TRACK", "1").env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false");
        command
    }

    /// That dbt did in `folder` all that there was to do.
    pub(crate) fn check(&self, folder: &Path) -> anyhow::Result<()> {
        let results: Value = serde_json::from_slice(&fs::read(folder.join("target/run_results.json"))?)?;
        let results = results["results"].as_array().context("run_results.json has no results")?;
        let done = |result: &&Value| ["success", "pass", "warn"].map(Value::from).contains(&result["status"]);
        let (all, done) = (self.models.len() + self.tests.len(), results.iter().filter(done).count());
        ensure!(done == all, "dbt did {done} of {all} models and tests: see {}", folder.display());
        Ok(())
    }
}

/// The program dbt, installed into the folder of the bench once.
pub(crate) fn installed(ground: &Ground) -> anyhow::Result<PathBuf> {
    let folder = ground.path("dbt");
    let dbt = folder.join("bin/dbt");
    if !dbt.exists() {
        eprintln!("installing dbt-duckdb");
        let hint = "build.dbt needs python3 with venv, and a package registry it can reach";
        once(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context(hint)?;
        once(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(PACKAGES)).context(hint)?;
    }
    Ok(dbt)
}

fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    fs::write(folder.join(name), text).with_context(|| format!("writing {name}"))
}

/// `create or replace table "x" as …`, unless it is one that models read from outside.
fn model(statement: &str) -> Option<Model> {
    let rest = statement.strip_prefix("create or replace ")?;
    let is_view = rest.starts_with("view ");
    let rest = rest.strip_prefix(if is_view { "view \"" } else { "table \"" })?;
    let (name, rest) = rest.split_once('"')?;
    let text = rest.strip_prefix(" as ")?;
    (!name.starts_with("csv_")).then(|| Model { name: name.to_owned(), is_view, text: text.to_owned() })
}

/// The tests that a statement counts the broken rows of, each as a query for such rows.
fn tests(statement: &str) -> Option<Vec<String>> {
    if let Some(query) = statement.strip_prefix("select count(*) from (") {
        return Some(vec![query.trim_end().strip_suffix(')')?.to_owned()]);
    }
    let (conditions, table) = statement.strip_prefix("select [")?.rsplit_once("]::bigint[]::varchar from ")?;
    let conditions = conditions.strip_prefix("count(*) filter (where ")?.strip_suffix(')')?;
    let query = |condition| format!("select 1 from {table} where {condition}");
    Some(conditions.split("), count(*) filter (where ").map(query).collect())
}

/// What is there before the first model: macros, sources and seeds.
fn is_setup(statement: &str) -> bool {
    let code = statement.lines().find(|line| !line.starts_with("--")).unwrap_or_default();
    ["create ", "insert into ", "set "].iter().any(|begin| code.starts_with(begin))
}

/// dbt learns the order from references; the text itself finds its tables by name.
fn with_references(text: &str, models: &BTreeSet<&str>, itself: &str) -> String {
    let code = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words: BTreeSet<&str> = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let references: String = words
        .intersection(models)
        .filter(|name| **name != itself)
        .map(|name| format!("-- depends_on: {{{{ ref('{name}') }}}}\n"))
        .collect();
    format!("{references}{{% raw %}}\n{text}\n{{% endraw %}}\n")
}

#[cfg(test)]
mod tests_of_reading {
    use super::*;

    #[test]
    fn models_and_tests_are_found_in_statements() {
        let found = model("create or replace table \"fct_play\" as -- Plays.\nselect * from stg_plays").unwrap();
        assert!((found.name.as_str(), found.is_view) == ("fct_play", false) && found.text.ends_with("from stg_plays"));
        assert!(model("create or replace view \"rpt_totals\" as select 1").unwrap().is_view);
        assert!(model("create or replace table \"csv_rules\" (\"a\" varchar)").is_none());
        assert!(model("create or replace view src_plays as select 1").is_none());
        assert_eq!(
            tests(
                "select [count(*) filter (where a is null), count(*) filter (where (b) > 1)]::bigint[]::varchar from \"t\""
            ),
            Some(vec![
                "select 1 from \"t\" where a is null".to_owned(),
                "select 1 from \"t\" where (b) > 1".to_owned()
            ])
        );
        assert_eq!(tests("select count(*) from (select 1 from t\n)"), Some(vec!["select 1 from t\n".to_owned()]));
        assert_eq!(tests("select count(*), printf('x')"), None);
    }

    #[test]
    fn references_are_the_models_that_a_text_names() {
        let models = BTreeSet::from(["a_b", "a", "c"]);
        let text = with_references("-- not of a\nselect * from a_b join c", &models, "c");
        assert!(text.starts_with("-- depends_on: {{ ref('a_b') }}\n{% raw %}\n"), "{text}");
    }
}
