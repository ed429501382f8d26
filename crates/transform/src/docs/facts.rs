//! What the pages say: the models as their files define them, with what the last build and the last
//! publication made of them.

use std::collections::BTreeMap;

use platform::DataDir;
use serde::Serialize;

use super::columns::Column;
use super::lineage::{Node, svg};
use super::sql::{code, first_sentence, highlighted, prose};
use crate::checks::rule;
use crate::engine::sources::{self, SourceColumn};
use crate::project::{Allowed, Layer, Model, Project, Severity, SqlTest};
use crate::publish::resolve_current;
use crate::publish::run_file::RunFile;
use crate::record::{BuildRecord, BuiltColumn};
use crate::results::{Results, last_build};
use crate::summary::thousands;

/// Everything about a tree of models.
#[derive(Debug, Serialize)]
pub(super) struct Site {
    pub(super) layers: Vec<LayerOf>,
    pub(super) sources: Vec<Source>,
    pub(super) queries: Vec<Test>,
    pub(super) lineage: String,
    pub(super) built_at: Option<String>,
    pub(super) published_at: Option<String>,
    pub(super) model_count: usize,
    pub(super) tests: Tally,
    /// For the search: JSON in which no letter can end a script.
    pub(super) search: String,
    #[serde(skip)]
    pub(super) pages: Vec<Page>,
}

/// The models of one folder.
#[derive(Debug, Serialize)]
pub(super) struct LayerOf {
    folder: &'static str,
    title: &'static str,
    models: Vec<Line>,
}

/// A model in a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    name: String,
    href: String,
    sentence: String,
    rows: Option<String>,
    size: Option<String>,
    tests: Tally,
}

/// A source table.
#[derive(Debug, Serialize)]
pub(super) struct Source {
    name: String,
    columns: Vec<Column>,
    readers: Vec<Link>,
}

/// A link to a model or a source.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    name: String,
    href: String,
}

/// How tests stand.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Tally {
    hold: usize,
    broken: usize,
    not_run: usize,
}

/// One test with its last result.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Test {
    name: String,
    rule: String,
    severity: &'static str,
    /// `holds`, `warns`, `fails` or `unknown`.
    state: &'static str,
    words: String,
    tested_at: Option<String>,
    reads: Vec<Link>,
    sql: String,
}

/// The page of one model.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub(super) name: String,
    layer: &'static str,
    folder: &'static str,
    path: String,
    kind: &'static str,
    recompute: Option<String>,
    prose: String,
    grain: String,
    key: String,
    sort: String,
    split: Option<String>,
    is_published: bool,
    rows: Option<String>,
    size: Option<String>,
    files: usize,
    columns: Vec<Column>,
    tests: Vec<Test>,
    queries: Vec<Link>,
    reads: Vec<Link>,
    readers: Vec<Link>,
    lineage: String,
    sql: String,
}

/// What there is to know, gathered.
struct Known<'p> {
    project: &'p Project,
    build: BuildRecord,
    run: Option<RunFile>,
    results: Results,
}

/// Gathers everything.
pub(super) fn site(project: &Project, data: &DataDir) -> anyhow::Result<Site> {
    let run = resolve_current(data).ok().and_then(|run| RunFile::read_if_sound(&run));
    let known = Known { project, build: last_build(data), run, results: Results::read(data) };
    let models = &project.models;
    let pages: Vec<Page> = models.iter().map(|model| known.page(model)).collect();
    let queries: Vec<Test> = project.tests.iter().map(|test| known.query(test)).collect();
    let mut tests = Tally::default();
    pages.iter().flat_map(|page| &page.tests).chain(&queries).for_each(|test| tests.add(test));
    let layers = Layer::ALL.into_iter().map(|layer| {
        let of_layer = models.iter().zip(&pages).filter(|(model, _)| model.layer == layer);
        LayerOf {
            folder: layer.folder(),
            title: title(layer),
            models: of_layer.map(|(model, page)| line(model, page)).collect(),
        }
    });
    Ok(Site {
        layers: layers.filter(|layer| !layer.models.is_empty()).collect(),
        sources: known.sources(),
        lineage: known.whole_lineage(),
        built_at: Some(known.build.built_at.clone()).filter(|at| !at.is_empty()).map(|at| instant(&at)),
        published_at: known.run.as_ref().map(|run| instant(&run.published_at)),
        model_count: models.len(),
        tests,
        search: search(models, &pages)?,
        queries,
        pages,
    })
}

impl Known<'_> {
    fn page(&self, model: &Model) -> Page {
        let header = &model.header;
        let published = self.run.as_ref().and_then(|run| run.table(&model.name));
        let rows = published.map(|table| table.files.iter().map(|file| file.rows).sum());
        let rows: Option<i64> = rows.or_else(|| self.build.content(&model.name).map(|content| content.rows));
        let bytes = published.map(|table| table.files.iter().map(|file| file.bytes).sum::<u64>());
        let reads: Vec<Link> = model.reads().map(|name| self.link(name, "")).collect();
        let readers: Vec<Link> = self.readers(&model.name).map(|reader| self.link(&reader.name, "")).collect();
        let queries = self.project.tests.iter().filter(|test| test.reads.contains(&model.name));
        let list = |names: &[String]| names.join(", ");
        Page {
            name: model.name.clone(),
            layer: title(model.layer),
            folder: model.layer.folder(),
            path: format!("sql/{}", model.path),
            kind: header.kind.as_str(),
            recompute: header.recompute.as_ref().map(ToString::to_string),
            prose: prose(&header.description),
            grain: header.grain.clone(),
            key: list(&header.key),
            sort: list(&header.sort),
            split: header.split.clone(),
            is_published: model.layer.is_published(),
            rows: rows.map(thousands),
            size: bytes.map(size),
            files: published.map_or(0, |table| table.files.len()),
            columns: self.columns(model),
            tests: header
                .tests
                .iter()
                .map(|test| self.test(&model.name, rule(&test.check), test.severity, &test.allowed))
                .collect(),
            queries: queries
                .map(|test| Link { name: test.sentence.clone(), href: format!("../index.html#{}", test.name) })
                .collect(),
            lineage: self.near_lineage(model),
            sql: highlighted(&model.text, |name| {
                (name != model.name && model.reads().any(|read| read == name)).then(|| self.link(name, "").href)
            }),
            reads,
            readers,
        }
    }

    /// As they were built; of a model that never was, those that the header describes.
    fn columns(&self, model: &Model) -> Vec<Column> {
        let column = |name: &str, data_type: &str, meaning: Option<&str>| {
            let mut column = Column::of(name, data_type, meaning);
            column.is_key = model.header.key.iter().any(|key| key == name);
            column
        };
        let published = self.run.as_ref().and_then(|run| run.table(&model.name)).map(|table| &table.columns);
        let built: Option<&Vec<BuiltColumn>> = self.build.model(&model.name).map(|built| &built.columns).or(published);
        match built {
            Some(columns) => {
                columns.iter().map(|one| column(&one.name, &one.data_type, one.description.as_deref())).collect()
            }
            None => model.header.columns.iter().map(|(item, text)| column(&item.text, "", Some(text))).collect(),
        }
    }

    fn query(&self, test: &SqlTest) -> Test {
        let reads = test.reads.iter().map(|name| self.link(name, "model/")).collect();
        let sql = highlighted(&test.text, |_| None);
        Test { reads, sql, ..self.test(&test.name, test.sentence.clone(), test.severity, &test.allowed) }
    }

    fn test(&self, of: &str, rule: String, severity: Severity, allowed: &Allowed) -> Test {
        let found = self.results.of(of, &rule);
        let (state, words) = match (found.map(|found| (found.rows, found.holds)), severity) {
            (None, _) => ("unknown", "not run yet".to_owned()),
            (Some((0, _)), _) => ("holds", "holds".to_owned()),
            (Some((rows, true)), _) => ("holds", format!("holds: {}; {} may", broken(rows), most(allowed))),
            (Some((rows, false)), Severity::Warn) => ("warns", broken(rows)),
            (Some((rows, false)), Severity::Error) => ("fails", broken(rows)),
        };
        let severity = if severity == Severity::Warn { "warn" } else { "error" };
        let tested_at = found.map(|found| instant(&found.tested_at));
        Test { name: of.to_owned(), rule, severity, state, words, tested_at, reads: Vec::new(), sql: String::new() }
    }

    fn sources(&self) -> Vec<Source> {
        let read = sources::columns().filter(|(name, _)| self.readers(name).next().is_some());
        read.map(|(name, columns)| {
            let readers = self.readers(&name).map(|reader| self.link(&reader.name, "model/")).collect();
            let column = |one: SourceColumn| Column::of(one.name, one.duckdb_type(), one.meaning);
            Source { name, columns: columns.into_iter().map(column).collect(), readers }
        })
        .collect()
    }

    fn readers<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Model> {
        self.project.models.iter().filter(move |model| model.reads().any(|read| read == name))
    }

    /// From a page of a model, or with `model/` from a page above; a source is on the front page.
    fn link(&self, name: &str, below: &str) -> Link {
        let href = match self.project.model(name) {
            Some(_) => format!("{below}{name}.html"),
            None if below.is_empty() => format!("../index.html#{}", anchor(name)),
            None => format!("index.html#{}", anchor(name)),
        };
        Link { name: name.to_owned(), href }
    }

    fn node(&self, name: &str, below: &str) -> Node {
        let class = match self.project.model(name).map(|model| model.layer) {
            None => "source",
            Some(Layer::Seeds) => "seed",
            Some(Layer::Staging) => "staging",
            Some(Layer::Intermediate) => "intermediate",
            Some(Layer::Marts) => "mart",
            Some(Layer::Reporting) => "report",
        };
        Node { name: name.to_owned(), class, href: self.link(name, below).href }
    }

    fn whole_lineage(&self) -> String {
        // CSV files are told by the seed of their name.
        let inputs = sources::names().filter(|name| self.readers(name).next().is_some());
        let names: Vec<String> = inputs.chain(self.project.models.iter().map(|model| model.name.clone())).collect();
        self.graph(&names, |_, _| true, "model/", "What reads what: every source table and every model")
    }

    /// The model, what it reads and what reads it.
    fn near_lineage(&self, model: &Model) -> String {
        let is_csv = |name: &&str| name.starts_with("csv_");
        let reads = model.reads().filter(|name| !is_csv(name)).map(str::to_owned);
        let readers = self.readers(&model.name).map(|reader| reader.name.clone());
        let names: Vec<String> = reads.chain([model.name.clone()]).chain(readers).collect();
        let touches = |from: &str, to: &str| from == model.name || to == model.name;
        self.graph(&names, touches, "", &format!("What {} reads and what reads it", model.name))
    }

    fn graph(&self, names: &[String], wanted: impl Fn(&str, &str) -> bool, below: &str, title: &str) -> String {
        let places: BTreeMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let mut edges = Vec::new();
        for (to, name) in names.iter().enumerate() {
            for read in self.project.model(name).into_iter().flat_map(Model::reads).filter(|read| wanted(read, name)) {
                edges.extend(places.get(read).map(|from| (*from, to)));
            }
        }
        let nodes: Vec<Node> = names.iter().map(|name| self.node(name, below)).collect();
        svg(&nodes, &edges, title)
    }
}

impl Tally {
    fn add(&mut self, test: &Test) {
        match test.state {
            "holds" => self.hold += 1,
            "unknown" => self.not_run += 1,
            _ => self.broken += 1,
        }
    }
}

fn line(model: &Model, page: &Page) -> Line {
    let mut tests = Tally::default();
    page.tests.iter().for_each(|test| tests.add(test));
    Line {
        name: model.name.clone(),
        href: format!("model/{}.html", model.name),
        sentence: code(&first_sentence(&model.header.description)),
        rows: page.rows.clone(),
        size: page.size.clone(),
        tests,
    }
}

/// What the search looks through.
fn search(models: &[Model], pages: &[Page]) -> anyhow::Result<String> {
    let entries: Vec<_> = models
        .iter()
        .zip(pages)
        .map(|(model, page)| {
            let columns: Vec<&str> = page.columns.iter().map(|column| column.name.as_str()).collect();
            serde_json::json!({"name": model.name, "text": model.header.description, "columns": columns})
        })
        .collect();
    // Nothing in it may end the element it stands in.
    Ok(serde_json::to_string(&entries)?.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

fn title(layer: Layer) -> &'static str {
    match layer {
        Layer::Seeds => "Seeds",
        Layer::Staging => "Staging",
        Layer::Intermediate => "Intermediate",
        Layer::Marts => "Marts",
        Layer::Reporting => "Reporting",
    }
}

/// How many rows may break a test.
fn most(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Nothing => "none".to_owned(),
        Allowed::Rows(rows) => format!("up to {}", thousands(*rows)),
        Allowed::Percent(percent) => format!("up to {percent} % of the rows"),
    }
}

fn broken(rows: i64) -> String {
    if rows == 1 { "1 row breaks it".to_owned() } else { format!("{} rows break it", thousands(rows)) }
}

/// `2024-06-15T12:00:00.000Z` → `2024-06-15 12:00 UTC`.
fn instant(text: &str) -> String {
    text.get(..16).map_or_else(|| text.to_owned(), |minute| format!("{} UTC", minute.replace('T', " ")))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Where a source or the CSV of a seed stands on the front page.
fn anchor(name: &str) -> &str {
    if name.starts_with("csv_") { "seeds" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), shown);
        }
        assert_eq!((size(999), size(1_500), size(2_500_000)), ("999 B".into(), "2 kB".into(), "2.5 MB".into()));
    }
}
