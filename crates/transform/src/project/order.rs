//! The order in which models are built, and what may read what.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Layer, Model};
use super::problem::Problem;

/// Sorts by layer, then so that everything stands behind what it reads, then by name.
pub(crate) fn in_order(models: Vec<Model>, problems: &mut Vec<Problem>) -> Vec<Model> {
    let by_name: BTreeMap<&str, &Model> = models.iter().map(|model| (model.name.as_str(), model)).collect();
    let mut order: Vec<&str> = Vec::new();
    let mut done = BTreeSet::new();
    for layer in Layer::ALL {
        for model in by_name.values().filter(|model| model.layer == layer) {
            let mut path = Vec::new();
            visit(model, &by_name, &mut path, &mut done, &mut order, problems);
        }
    }
    let rank: BTreeMap<String, usize> =
        order.iter().enumerate().map(|(index, name)| ((*name).to_owned(), index)).collect();
    let mut models = models;
    models.sort_by_key(|model| rank.get(&model.name).copied());
    models
}

fn visit<'m>(
    model: &'m Model,
    by_name: &BTreeMap<&str, &'m Model>,
    path: &mut Vec<&'m str>,
    done: &mut BTreeSet<&'m str>,
    order: &mut Vec<&'m str>,
    problems: &mut Vec<Problem>,
) {
    if done.contains(model.name.as_str()) {
        return;
    }
    if let Some(start) = path.iter().position(|name| *name == model.name) {
        let cycle: Vec<&str> = path.iter().skip(start).copied().chain([model.name.as_str()]).collect();
        let message = format!("models read each other in a circle: {}", cycle.join(" → "));
        problems.push(Problem::of(&model.path, message));
        return;
    }
    path.push(&model.name);
    // Reading a later layer is refused elsewhere; following it here would hide that.
    for read in model.reads().filter_map(|name| by_name.get(name)).filter(|read| read.layer == model.layer) {
        visit(read, by_name, path, done, order, problems);
    }
    path.pop();
    if done.insert(&model.name) {
        order.push(&model.name);
    }
}

/// Why `model` may not read `name`; `None` when it may.
pub(crate) fn forbidden(
    model: &Model,
    name: &str,
    models: &BTreeMap<&str, Layer>,
    seeds: &BTreeSet<&str>,
) -> Option<String> {
    if name.starts_with("src_") {
        return (model.layer != Layer::Staging).then(|| {
            format!("only models in 1_staging read source tables: read the staging model of `{name}` instead")
        });
    }
    if seeds.contains(name) {
        return (name.strip_prefix("csv_") != Some(&model.name) || model.layer != Layer::Seeds)
            .then(|| format!("only the seed's own model reads `{name}`"));
    }
    match models.get(name) {
        None => Some(format!("there is no model `{name}`")),
        Some(layer) if model.layer == Layer::Seeds => {
            Some(format!("a seed reads only its own CSV, not `{name}` of {}", layer.folder()))
        }
        Some(layer) if *layer > model.layer => {
            Some(format!("a model of {} cannot read `{name}` of the later {}", model.layer.folder(), layer.folder()))
        }
        Some(_) if name == model.name => Some("a model cannot read itself".to_owned()),
        Some(_) => None,
    }
}
