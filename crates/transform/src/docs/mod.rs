//! The pages that explain the star schema: what each model is, what its columns mean, whether its
//! tests hold, what it reads.
//!
//! They are plain files: they open from a folder, refer to nothing outside it, and are read without
//! JavaScript; a small script adds the search and lights up the paths in the graph.

mod columns;
mod facts;
mod lineage;
mod sql;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use minijinja::{Environment, context};
use platform::files::{make_folder_durable, partial_path, remove_folder_if_there};
use platform::{JobContext, Stop, Summary};

use crate::jobs;
use facts::Site;

const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("templates/base.html")),
    ("columns.html", include_str!("templates/columns.html")),
    ("index.html", include_str!("templates/index.html")),
    ("lineage.html", include_str!("templates/lineage.html")),
    ("model.html", include_str!("templates/model.html")),
];

/// What pages refer to, in the same folder. The style sheet tells our folder from others.
const ASSETS: &[(&str, &str)] =
    &[(MARK, include_str!("templates/docs.css")), ("docs.js", include_str!("templates/docs.js"))];

const MARK: &str = "music-tracker-docs.css";

/// Writes the pages into `output`, or into the folder `docs` of the data folder. What lies there from
/// an earlier time gives way as a whole.
///
/// # Errors
/// A [`Stop::Usage`] when the models are wrong or something else lies in the folder; I/O errors.
pub fn docs(context: &JobContext, sql_dir: Option<&Path>, output: Option<&Path>) -> anyhow::Result<Summary> {
    let project = jobs::project(context, sql_dir)?;
    let output: PathBuf = output.map_or_else(|| context.data.docs(), Path::to_owned);
    let site = facts::site(&project, &context.data)?;
    let is_empty = fs::read_dir(&output).map_or(true, |mut entries| entries.next().is_none());
    if output.exists() && !is_empty && !output.join(MARK).is_file() {
        let text = format!("{} holds something else: name a new folder with --output", output.display());
        return Err(Stop::Usage(text).into());
    }
    if let Some(parent) = output.parent() {
        make_folder_durable(parent).with_context(|| format!("making {}", parent.display()))?;
    }
    let partial = partial_path(&output);
    remove_folder_if_there(&partial)?;
    write(&site, &partial).with_context(|| format!("writing the pages in {}", partial.display()))?;
    remove_folder_if_there(&output).with_context(|| format!("removing the old pages in {}", output.display()))?;
    fs::rename(&partial, &output).with_context(|| format!("putting {} in place", output.display()))?;
    let (pages, models) = (site.pages.len() + 2, site.model_count);
    let text = format!("wrote {pages} pages about {models} models: open {}", output.join("index.html").display());
    Ok(Summary::text(text).count("pages", pages).count("models", models))
}

fn write(site: &Site, folder: &Path) -> anyhow::Result<()> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    templates.set_trim_blocks(true);
    templates.set_lstrip_blocks(true);
    for (name, text) in TEMPLATES {
        templates.add_template(name, text)?;
    }
    fs::create_dir_all(folder.join("model"))?;
    for (name, text) in ASSETS {
        put(&folder.join(name), text)?;
    }
    for name in ["index.html", "lineage.html"] {
        let page = templates.get_template(name)?.render(context! { site, root => "" })?;
        put(&folder.join(name), &page)?;
    }
    let template = templates.get_template("model.html")?;
    for model in &site.pages {
        let page = template.render(context! { site => context! {}, model, root => "../" })?;
        put(&folder.join("model").join(format!("{}.html", model.name)), &page)?;
    }
    Ok(())
}

/// Pages can be made again at any time, so that nobody waits for the disk.
fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    Ok(File::create(path)?.write_all(text.as_bytes())?)
}
