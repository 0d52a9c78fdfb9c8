//! Project files: which folders and files become which instances, and how they are served.
//!
//! What a project file may say is what Rojo takes, and what Rojo refuses is refused. But everything that is wrong with a
//! file is said at once, each with its place, and reading goes on: what is wrong is left out.

mod fields;
mod globs;
mod keys;
mod locate;
mod name;
mod node;
mod read;
mod rule;
mod serve;
mod syncback;
#[cfg(test)]
mod tests;

pub use globs::IgnoreGlobs;
pub use locate::{DEFAULT_NAMES, is_project_file, locate};
pub use node::{ProjectNode, TargetPath, Values};
pub use read::read;
pub use rule::SyncRule;
pub use serve::ServeSettings;

use std::path::{Path, PathBuf};

/// What one project file says.
#[derive(Clone, Debug)]
pub struct Project {
    /// The name of the root instance; without one, [`Project::root_name`] says what it is called.
    pub name: Option<String>,
    /// The root instance.
    pub tree: ProjectNode,
    /// Which files no instance is made of.
    pub ignore: IgnoreGlobs,
    /// What files become, in place of what their names say; the first that matches holds. A nested project has its own
    /// alone.
    pub sync_rules: Vec<SyncRule>,
    /// Whether `.server` and `.client` scripts are without a run context; Rojo's default is true.
    pub emit_legacy_scripts: Option<bool>,
    #[allow(missing_docs, reason = "the type says it")]
    pub serve: ServeSettings,
    /// The project file itself, as it was given.
    pub file: PathBuf,
}

impl Project {
    /// The folder that paths and globs of the project start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}
