//! The project file that a person means.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// The names of a folder's own project, the first before the second.
pub const DEFAULT_NAMES: [&str; 2] = ["default.project.json", "default.project.jsonc"];

const ENDINGS: [&str; 2] = [".project.json", ".project.jsonc"];

/// How many of the other projects of a folder are named to somebody who asked for its default.
const NAMED_MOST: usize = 5;

/// Whether a path is called like a project file.
#[must_use]
pub fn is_project_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The project file of a path that a person typed: itself, or the default one of a folder.
pub fn locate(path: &Path) -> Result<PathBuf, Diagnostic> {
    let missing = |message: String, help: String| Diagnostic::error(path, None, "no-project", message, help);
    let found = fs::metadata(path);
    if is_project_file(path) && found.as_ref().is_ok_and(|found| !found.is_dir()) {
        return Ok(path.to_path_buf());
    }
    match found {
        Err(error) => Err(missing(
            format!("there is no project here: {error}"),
            "name a project file or the folder that holds one".to_owned(),
        )),
        Ok(found) if !found.is_dir() => Err(missing(
            "this file is no project".to_owned(),
            "a project file is called NAME.project.json or NAME.project.jsonc".to_owned(),
        )),
        Ok(_) => {
            let mut defaults = DEFAULT_NAMES.iter().map(|name| path.join(name));
            // A folder of that name is none; a file that cannot be read is, and says so when it is read.
            let default = defaults.find(|file| fs::metadata(file).is_ok_and(|found| !found.is_dir()));
            default.ok_or_else(|| missing("this folder has no default project".to_owned(), others(path)))
        }
    }
}

/// What else could be named.
fn others(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|found| !found.is_dir()));
    let files = files.map(|entry| PathBuf::from(entry.file_name())).filter(|name| is_project_file(name));
    let mut names: Vec<_> = files.map(|name| name.display().to_string()).collect();
    names.sort_unstable();
    names.truncate(NAMED_MOST);
    if names.is_empty() {
        format!("write one as {}", DEFAULT_NAMES[0])
    } else {
        format!("name one of those that are there: {}", names.join(", "))
    }
}
