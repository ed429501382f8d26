//! `--select`: which models a command is about.

use std::collections::BTreeSet;

use platform::Stop;

use super::Project;

/// Names of models, each with what it reads (`+name`) or what reads it (`name+`).
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// As written; empty means everything.
    pub words: Vec<String>,
}

impl Selection {
    /// Everything.
    pub fn all() -> Self {
        Self::default()
    }

    /// Whether it is everything.
    pub fn is_all(&self) -> bool {
        self.words.is_empty()
    }

    /// The names of the chosen models.
    ///
    /// # Errors
    /// A [`Stop::Usage`] when a name is unknown.
    pub fn names(&self, project: &Project) -> anyhow::Result<BTreeSet<String>> {
        if self.is_all() {
            return Ok(project.models.iter().map(|model| model.name.clone()).collect());
        }
        let mut chosen = BTreeSet::new();
        for word in &self.words {
            let name = word.trim_start_matches('+').trim_end_matches('+');
            if project.model(name).is_none() {
                return Err(Stop::Usage(format!("there is no model `{name}`: see `music-tracker ls`")).into());
            }
            let mut wanted = BTreeSet::from([name.to_owned()]);
            if word.starts_with('+') {
                // Models stand behind what they read, so one pass from the end finds all.
                for model in project.models.iter().rev() {
                    if wanted.contains(&model.name) {
                        wanted.extend(model.reads().map(str::to_owned));
                    }
                }
            }
            if word.ends_with('+') {
                let mut below = BTreeSet::from([name.to_owned()]);
                for model in &project.models {
                    if model.reads().any(|read| below.contains(read)) {
                        below.insert(model.name.clone());
                    }
                }
                wanted.extend(below);
            }
            chosen.extend(wanted.into_iter().filter(|name| project.model(name).is_some()));
        }
        Ok(chosen)
    }
}
