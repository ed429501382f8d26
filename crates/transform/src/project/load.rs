//! From files to a checked project.

use std::collections::{BTreeMap, BTreeSet};

use duckdb::Connection;

use super::Project;
use super::cases::{self, Cases};
use super::check::{Allowed, Check, Severity, is_name};
use super::header::{self, Header, Kind, Recompute};
use super::model::{Layer, Model, SeedFile, SqlTest};
use super::order;
use super::problem::{Problem, stop_on};
use super::references::{NotASelect, References, references, with_parser};
use super::sections::Sections;
use super::tree::{SqlFile, SqlTree};
use crate::engine::sources;

/// The table functions that run on every engine.
const TABLE_FUNCTIONS: &[&str] = &["range"];

pub(crate) fn load(tree: &SqlTree) -> anyhow::Result<Project> {
    let mut problems = Vec::new();
    let (mut seeds, mut models, mut tests) = (Vec::new(), Vec::new(), Vec::new());
    let mut cases: Vec<Cases> = Vec::new();
    for file in &tree.files {
        let (folder, name) = file.path.split_once('/').unwrap_or(("", &file.path));
        let layer = Layer::ALL.into_iter().find(|layer| layer.folder() == folder);
        if let (true, Some(of)) = (layer.is_some() || folder == "tests", name.strip_suffix(cases::ENDING)) {
            cases.extend(cases::read(file, of, &mut problems));
            continue;
        }
        match (layer, name.rsplit_once('.')) {
            (_, Some((name, _))) if !is_name(name) => {
                let message = "names of files are lower case with `_`, without further folders: stg_plays.sql";
                problems.push(Problem::of(&file.path, message));
            }
            (Some(Layer::Seeds), Some((name, "csv"))) => seeds.extend(seed(file, name, &mut problems)),
            (Some(layer), Some((name, "sql"))) => models.extend(model(file, name, layer, &mut problems)),
            (None, Some((name, "sql"))) if folder == "tests" => tests.extend(test(file, name, &mut problems)),
            _ => {
                let message = "models are .sql files in 1_staging, 2_intermediate, 3_marts, 4_reporting and seeds; \
                               seeds also have a .csv; tests are .sql files in tests; cases of a model or a test \
                               are in <name>.cases.toml beside it";
                problems.push(Problem::of(&file.path, message));
            }
        }
    }
    // A header that cannot be read makes its model vanish; what others say about it would
    // only distract.
    stop_on(&tree.root, std::mem::take(&mut problems))?;
    check_names(&models, &seeds, &mut problems);
    with_parser(|duckdb| {
        if !tree.is_checked {
            check_reads(duckdb, &models, &seeds, &mut problems)?;
        }
        check_test_reads(duckdb, &mut tests, &models, &mut problems)
    })?;
    check_references(&models, &mut problems);
    let is_there = |name: &str| models.iter().any(|one| one.name == name) || tests.iter().any(|one| one.name == name);
    for cases in cases.iter().filter(|cases| !is_there(&cases.of)) {
        problems.push(Problem::of(&cases.path, format!("there is no model and no test {}", cases.of)));
    }
    stop_on(&tree.root, std::mem::take(&mut problems))?;
    let models = order::in_order(models, &mut problems);
    stop_on(&tree.root, problems)?;
    let project = Project { root: tree.root.clone(), seeds, models, tests, cases, is_checked: tree.is_checked };
    if tree.wanted.is_empty() { Ok(project) } else { project.only(&tree.wanted) }
}

fn model(file: &SqlFile, name: &str, layer: Layer, problems: &mut Vec<Problem>) -> Option<Model> {
    let header = Header::parse(&file.path, &file.text, problems)?;
    let mut refuse = |message: String| problems.push(Problem::at(&file.path, 1, message));
    if !layer.prefixes().iter().any(|prefix| name.starts_with(prefix)) {
        let prefixes = layer.prefixes().join(", ");
        refuse(format!("names of models in {} begin with {prefixes}", layer.folder()));
    }
    if layer == Layer::Marts && header.key.is_empty() {
        refuse("a mart needs `key:` (the columns of its grain)".to_owned());
    }
    if !layer.is_published() && (!header.sort.is_empty() || header.split.is_some()) {
        refuse("`sort:` and `split:` are about published files: marts and reporting only".to_owned());
    }
    if header.kind == Kind::View && header.split.is_some() {
        refuse("`split:` is for tables".to_owned());
    }
    let (name, path) = (name.to_owned(), file.path.clone());
    Some(Model { name, path, layer, header, text: file.text.clone().into_owned() })
}

fn test(file: &SqlFile, name: &str, problems: &mut Vec<Problem>) -> Option<SqlTest> {
    let mut sections = Sections::parse(&file.path, &file.text, &["severity", "recompute"], problems);
    if sections.description.is_empty() {
        problems.push(Problem::at(&file.path, 1, "begin a test with `-- ` and the sentence that must be true"));
        return None;
    }
    let value = sections.take("severity").map(|section| (section.line, section.value()));
    let (line, value) = value.unwrap_or((1, "error".to_owned()));
    let (severity, rest) = value.split_once(' ').unwrap_or((&value, ""));
    let severity = match severity {
        "error" => Ok(Severity::Error),
        "warn" => Ok(Severity::Warn),
        _ => Err(format!("severity is error or warn, not `{value}`")),
    };
    // Of how many rows a query's are a part, nobody can tell.
    let allowed = Allowed::parse(rest.trim_start()).and_then(|(allowed, rest)| match allowed {
        Allowed::Nothing | Allowed::Rows(_) if rest.is_empty() => Ok(allowed),
        _ => Err(format!("write `severity: warn above 10`, not `severity: {value}`")),
    });
    let (severity, allowed) = match severity.and_then(|severity| Ok((severity, allowed?))) {
        Ok(both) => both,
        Err(message) => {
            problems.push(Problem::at(&file.path, line, message));
            return None;
        }
    };
    let recompute = sections.take("recompute").map(|section| (section.line, section.value()));
    let recompute = match recompute.map(|(line, rule)| (line, header::recompute(&rule), rule)) {
        Some((_, Some(rule @ Recompute::By { .. }), _)) => Some(rule),
        Some((line, _, rule)) => {
            let message = format!("write `recompute: by <columns>`, not `recompute: {rule}`");
            problems.push(Problem::at(&file.path, line, message));
            return None;
        }
        None => None,
    };
    Some(SqlTest {
        name: name.to_owned(),
        path: file.path.clone(),
        sentence: sections.description.replace('\n', " "),
        severity,
        allowed,
        recompute,
        reads: Vec::new(),
        text: file.text.clone().into_owned(),
    })
}

fn seed(file: &SqlFile, name: &str, problems: &mut Vec<Problem>) -> Option<SeedFile> {
    let mut reader = csv::ReaderBuilder::new().from_reader(file.text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|column| column.trim().to_owned()).collect(),
        Err(error) => {
            problems.push(Problem::of(&file.path, error.to_string()));
            return None;
        }
    };
    for column in columns.iter().filter(|column| !is_name(column)) {
        problems.push(Problem::at(&file.path, 1, format!("`{column}` is no column name")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                rows.push(record.iter().map(|field| Some(field.to_owned()).filter(|it| !it.is_empty())).collect())
            }
            Err(error) => problems.push(Problem::of(&file.path, error.to_string())),
        }
    }
    Some(SeedFile { table: format!("csv_{name}"), path: file.path.clone(), columns, rows })
}

fn check_names(models: &[Model], seeds: &[SeedFile], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for model in models {
        if let Some(other) = seen.insert(&model.name, &model.path) {
            problems.push(Problem::of(&model.path, format!("the name `{}` is taken by {other}", model.name)));
        }
        if model.layer == Layer::Seeds && !seeds.iter().any(|seed| seed.table == format!("csv_{}", model.name)) {
            problems.push(Problem::of(&model.path, format!("there is no {}.csv beside it", model.name)));
        }
    }
    for seed in seeds {
        let name = seed.table.trim_start_matches("csv_");
        if !models.iter().any(|model| model.layer == Layer::Seeds && model.name == name) {
            let message = format!("there is no {name}.sql beside it that gives its columns types");
            problems.push(Problem::of(&seed.path, message));
        }
    }
}

fn check_reads(
    duckdb: &Connection,
    models: &[Model],
    seeds: &[SeedFile],
    problems: &mut Vec<Problem>,
) -> anyhow::Result<()> {
    let layers: BTreeMap<&str, Layer> = models.iter().map(|model| (model.name.as_str(), model.layer)).collect();
    let csvs: BTreeSet<&str> = seeds.iter().map(|seed| seed.table.as_str()).collect();
    for model in models {
        let Some(found) = parsed(duckdb, &model.path, &model.text, problems)? else { continue };
        let header_line = model.header.reads.first().map_or(1, |item| item.line);
        for function in found.functions.iter().filter(|name| !TABLE_FUNCTIONS.contains(&name.as_str())) {
            let line = line_of(&model.text, function);
            let message =
                format!("the table function `{function}` does not run on every engine: use range, or a table");
            problems.push(Problem::at(&model.path, line, message));
        }
        for item in &model.header.reads {
            if !found.tables.contains(&item.text) {
                let message = format!("the header says that it reads `{}`, but the query does not", item.text);
                problems.push(Problem::at(&model.path, item.line, message));
            } else if item.text.starts_with("src_") && !sources::exists(&item.text) {
                let known = sources::names().collect::<Vec<_>>().join(", ");
                let message = format!("there is no source table `{}`; there are: {known}", item.text);
                problems.push(Problem::at(&model.path, item.line, message));
            } else if let Some(reason) = order::forbidden(model, &item.text, &layers, &csvs) {
                problems.push(Problem::at(&model.path, item.line, reason));
            }
        }
        for table in found.tables.iter().filter(|table| !model.reads().any(|read| read == table.as_str())) {
            let line = line_of(&model.text, table);
            let message = format!("the query reads `{table}`, but `reads:` (line {header_line}) does not say so");
            problems.push(Problem::at(&model.path, line, message));
        }
    }
    Ok(())
}

fn check_test_reads(
    duckdb: &Connection,
    tests: &mut [SqlTest],
    models: &[Model],
    problems: &mut Vec<Problem>,
) -> anyhow::Result<()> {
    for test in tests {
        let Some(found) = parsed(duckdb, &test.path, &test.text, problems)? else { continue };
        for table in &found.tables {
            if !sources::exists(table) && !models.iter().any(|model| model.name == *table) {
                let line = line_of(&test.text, table);
                problems.push(Problem::at(&test.path, line, format!("there is no table `{table}`")));
            }
        }
        test.reads = found.tables.into_iter().collect();
    }
    Ok(())
}

fn check_references(models: &[Model], problems: &mut Vec<Problem>) {
    for model in models {
        for test in &model.header.tests {
            if let Check::References { model: target, .. } = &test.check
                && !models.iter().any(|model| model.name == *target)
            {
                problems.push(Problem::at(&model.path, test.line, format!("there is no model `{target}`")));
            }
        }
    }
}

fn parsed(
    duckdb: &Connection,
    path: &str,
    text: &str,
    problems: &mut Vec<Problem>,
) -> anyhow::Result<Option<References>> {
    match references(duckdb, text)? {
        Ok(found) => Ok(Some(found)),
        Err(NotASelect { message, position }) => {
            problems.push(Problem::at_byte(path, text, position, message));
            Ok(None)
        }
    }
}

/// The first line below the header that holds `word`; only for messages.
fn line_of(text: &str, word: &str) -> usize {
    let query = text.lines().position(|line| !line.starts_with("--")).unwrap_or(0);
    let found = text.lines().enumerate().skip(query).find(|(_, line)| line.to_lowercase().contains(word));
    found.map_or(query, |(index, _)| index) + 1
}
