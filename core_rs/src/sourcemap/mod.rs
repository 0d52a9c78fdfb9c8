//! Which file makes which instance, as editors read it.

mod last;
mod relative;
mod write;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::replace_file::replace_file;
use crate::tree::Node;

pub use last::Last;
pub use write::sourcemap;

/// What goes into a sourcemap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Instances that are no scripts, too.
    pub include_non_scripts: bool,
    /// Paths from the root of the system, rather than from the folder of the project.
    pub absolute: bool,
}

/// Why there is no sourcemap.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum SourcemapError {
    #[error("{} is not UTF-8, and a sourcemap is", .0.display())]
    NotUtf8(PathBuf),
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// Write the sourcemap of a tree to `path`, unless that is what is there; says whether it was written.
pub fn write(root: &Node, folder: &Path, options: Options, path: &Path) -> Result<bool, SourcemapError> {
    let bytes = sourcemap(root, folder, options)?;
    // Editors read it anew whenever it is written.
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    replace_file(path, false, |file| file.write_all(&bytes))
        .map_err(|source| SourcemapError::Write { path: path.to_path_buf(), source })?;
    Ok(true)
}

#[cfg(test)]
mod tests;
