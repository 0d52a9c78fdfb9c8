//! The sourcemap that was written last, to know that another would be the same without making it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Options, SourcemapError, write};
use crate::hashing::Stamp;
use crate::tree::Node;

/// What was written, of which tree and where.
#[derive(Debug, Default)]
pub struct Last(Option<Written>);

#[derive(Debug)]
struct Written {
    root: Arc<Node>,
    options: Options,
    path: PathBuf,
    /// Of the file as it was left.
    stamp: Stamp,
}

impl Last {
    /// Write the sourcemap of a tree to `path`, unless that is what is there; says whether it was written.
    pub fn write(
        &mut self,
        root: &Arc<Node>,
        folder: &Path,
        options: Options,
        path: &Path,
    ) -> Result<bool, SourcemapError> {
        if let Some(last) = &mut self.0
            && last.options == options
            && last.path == path
            && stamp(path) == Some(last.stamp)
            && has_same_shape(&last.root, root)
        {
            last.root = Arc::clone(root);
            return Ok(false);
        }
        self.0 = None;
        let is_written = write(root, folder, options, path)?;
        self.0 = stamp(path).map(|stamp| Written {
            root: Arc::clone(root),
            options,
            path: path.to_path_buf(),
            stamp,
        });
        Ok(is_written)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    std::fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata))
}

/// Whether two trees have the same names, classes and files; what they share is not looked at.
fn has_same_shape(old: &Arc<Node>, new: &Arc<Node>) -> bool {
    let mut left = vec![(old, new)];
    while let Some((old, new)) = left.pop() {
        if Arc::ptr_eq(old, new) {
            continue;
        }
        let is_same = (&old.name, old.class, &old.origin.files) == (&new.name, new.class, &new.origin.files);
        if !is_same || old.children.len() != new.children.len() {
            return false;
        }
        left.extend(old.children.iter().zip(&new.children));
    }
    true
}
