//! What the root instance of a project is called that does not name itself.

use std::path::Path;

use super::{DEFAULT_NAMES, Project};
use crate::diagnostic::Diagnostic;

impl Project {
    /// The name that the project gives itself; else of a folder's default project the folder's; else the one that is
    /// given, which a nested project gets from its file. A project that was asked for by its own file gets none.
    pub fn root_name(&self, given: Option<&str>) -> Result<String, Diagnostic> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let file_name = self.file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if DEFAULT_NAMES.contains(&file_name) {
            let folder = self.folder().file_name().and_then(|name| name.to_str());
            return folder.map(str::to_owned).ok_or_else(|| self.nameless("its folder has no name to take"));
        }
        given
            .map(str::to_owned)
            .ok_or_else(|| self.nameless("only a default.project.json takes the name of its folder"))
    }

    fn nameless(&self, why: &str) -> Diagnostic {
        let help = "write \"name\": \"...\" at the top of it".to_owned();
        let message = format!("the project has no name, and {why}");
        Diagnostic::error(Path::new(&self.file), None, "no-name", message, help)
    }
}
