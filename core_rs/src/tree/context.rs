//! What a project file says about the files that it leads to.

use std::path::Path;
use std::sync::Arc;

use crate::mapping::{Kind, default_kind};
use crate::project::{IgnoreGlobs, Project};

/// The rules of the project that a file is read for.
#[derive(Debug)]
pub(super) struct Context {
    project: Arc<Project>,
    /// The project file as the system calls it.
    file: Arc<Path>,
    /// The project that leads to this one: what it leaves out stays out, and of its other rules none holds here.
    above: Option<Arc<Self>>,
    ignore: IgnoreGlobs,
}

impl Context {
    pub fn new(project: Arc<Project>, file: Arc<Path>, above: Option<Arc<Self>>) -> Self {
        let ignore =
            above.as_ref().map_or_else(|| project.ignore.clone(), |above| above.ignore.and(&project.ignore));
        Self { project, file, above, ignore }
    }

    /// Whether a project leaves this path out.
    pub fn is_ignored(&self, path: &Path) -> bool {
        !self.ignore.is_empty() && self.ignore.is_ignored(path)
    }

    /// How a file is read, and what its instance is called.
    pub fn kind_of<'a>(&self, path: &Path, file_name: &'a str) -> Option<(Kind, &'a str)> {
        let rule = self.project.sync_rules.iter().find(|rule| rule.matches(path));
        rule.map_or_else(|| default_kind(file_name), |rule| Some((rule.kind(), rule.name_of(file_name))))
    }

    /// Whether scripts are of the kinds that were there before `RunContext`.
    pub fn legacy_scripts(&self) -> bool {
        self.project.emit_legacy_scripts.unwrap_or(true)
    }

    /// Whether this project file is one of those that lead here.
    pub fn has_opened(&self, file: &Path) -> bool {
        *self.file == *file || self.above.as_ref().is_some_and(|above| above.has_opened(file))
    }
}
