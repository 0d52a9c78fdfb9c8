//! Which files no instance is made of.

use std::path::Path;
use std::sync::Arc;

use globset::{Error, Glob, GlobSet, GlobSetBuilder};

/// The globs of a project and of those around it; as with Git, of all that match the last one says what holds.
#[derive(Clone, Debug, Default)]
pub struct IgnoreGlobs {
    /// Of the outermost project first.
    layers: Vec<Arc<Layer>>,
}

/// The globs of one project file.
#[derive(Debug)]
struct Layer {
    /// The folder that they start from.
    base: Box<Path>,
    set: GlobSet,
    /// Of each glob, whether it takes files back in.
    takes_back: Vec<bool>,
}

/// One glob as it is written: `!` in front takes back in, `\!` is a `!` of the name itself.
#[derive(Debug)]
pub(super) struct IgnoreGlob {
    glob: Glob,
    takes_back: bool,
}

impl IgnoreGlob {
    pub(super) fn new(written: &str) -> Result<Self, Error> {
        let taken_back = written.strip_prefix('!');
        let escaped = written.strip_prefix('\\').filter(|rest| rest.starts_with('!'));
        let glob = Glob::new(taken_back.or(escaped).unwrap_or(written))?;
        Ok(Self { glob, takes_back: taken_back.is_some() })
    }
}

impl IgnoreGlobs {
    pub(super) fn new(base: &Path, globs: Vec<IgnoreGlob>) -> Result<Self, Error> {
        if globs.is_empty() {
            return Ok(Self::default());
        }
        let takes_back = globs.iter().map(|it| it.takes_back).collect();
        let mut set = GlobSetBuilder::new();
        for it in globs {
            set.add(it.glob);
        }
        let layer = Layer { base: base.into(), set: set.build()?, takes_back };
        Ok(Self { layers: vec![Arc::new(layer)] })
    }

    /// These, and after them those of a project inside.
    #[must_use]
    pub fn and(&self, inner: &Self) -> Self {
        Self { layers: self.layers.iter().chain(&inner.layers).cloned().collect() }
    }

    /// Whether nothing is ignored at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Whether no instance is made of a path, which is written as the project's folder was, with more behind it.
    #[must_use]
    pub fn is_ignored(&self, path: &Path) -> bool {
        let last = self.layers.iter().rev().find_map(|layer| {
            let inside = path.strip_prefix(&layer.base).ok()?;
            let matching = layer.set.matches(inside);
            matching.into_iter().max().map(|last| layer.takes_back[last])
        });
        last.is_some_and(|takes_back| !takes_back)
    }
}
