//! Models and places as Roblox Studio opens them, written whole or not at all.

mod chunks;
mod dom;
mod format;

pub use dom::dom;
pub use format::{FORMATS, Format};

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rbx_dom_weak::WeakDom;
use rbx_dom_weak::types::{ContentType, Ref, Variant};

use crate::build::chunks::{Chunks, Done};
use crate::diagnostic::{Diagnostic, Severity};
use crate::replace_file::replace_file;
use crate::tree::Tree;
use crate::watch::{Cancelled, Watch};

/// Why there is no file, or still the older one.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum BuildError {
    #[error("the project has {} errors; the first: {}", .0.len(), first(.0))]
    Refused(Vec<Diagnostic>),
    #[error("{} cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the project does not go into a file of this kind: {0}")]
    Encode(String),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn first(errors: &[Diagnostic]) -> String {
    errors.first().map_or_else(String::new, |it| format!("{}: {}", it.path.display(), it.message))
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// How many there are in the file.
    pub instances: usize,
    /// The size of the file.
    pub bytes: u64,
}

/// Write a project to `path`. Equal trees give equal bytes.
pub fn build(tree: &Tree, path: &Path, format: Format, watch: &Watch) -> Result<Built, BuildError> {
    let errors: Vec<_> =
        tree.diagnostics.iter().filter(|it| it.severity == Severity::Error).cloned().collect();
    if !errors.is_empty() {
        return Err(BuildError::Refused(errors));
    }
    crate::room::make();
    let (dom, instances) = dom::counted(&tree.root);
    watch.check()?;
    let written = replace_file(path, false, |file| -> Result<Built, Failed> {
        let mut counted = Counted { inner: BufWriter::with_capacity(BUFFER_BYTES, file), bytes: 0, watch };
        encode(&mut counted, &dom, format)?;
        counted.inner.flush()?;
        Ok(Built { instances: instances - usize::from(format.is_place()), bytes: counted.bytes })
    });
    // Nobody needs to wait until all of it is given back.
    rayon::spawn(move || drop(dom));
    written.map_err(|failed| match failed {
        Failed::Io(_) if watch.check().is_err() => BuildError::Cancelled(Cancelled),
        Failed::Io(source) => BuildError::Write { path: path.to_path_buf(), source },
        Failed::Encode(why) => BuildError::Encode(why),
    })
}

const BUFFER_BYTES: usize = 256 * 1024;

/// Write the instances of a tree to `out`: of a model the root and all below it, of a place what is below the root.
pub fn encode(out: impl Write, dom: &WeakDom, format: Format) -> Result<(), Failed> {
    let tops: Vec<Ref> =
        if format.is_place() { dom.root().children().to_vec() } else { vec![dom.root_ref()] };
    if format.is_xml() {
        if let Some(why) = unwritable(dom) {
            return Err(Failed::Encode(why));
        }
        // Properties that Roblox has and the database does not are written as they are.
        let options =
            rbx_xml::EncodeOptions::new().property_behavior(rbx_xml::EncodePropertyBehavior::WriteUnknown);
        return rbx_xml::to_writer(out, dom, &tops, options)
            .map_err(|error| Failed::Encode(error.to_string()));
    }
    let done = Done::default();
    rayon::scope(|scope| {
        let serializer = rbx_binary::Serializer::new().compression_type(rbx_binary::CompressionType::None);
        serializer.serialize(Chunks::new(scope, &done), dom, &tops)
    })
    .map_err(|error| Failed::Encode(error.to_string()))?;
    Ok(done.write(out)?)
}

/// What the writer of XML knows no form for, and would panic at.
fn unwritable(dom: &WeakDom) -> Option<String> {
    dom.descendants().find_map(|instance| {
        let is_object = |value: &Variant| {
            matches!(value, Variant::Content(content) if matches!(content.value(), ContentType::Object(_)))
        };
        let (name, _) = instance.properties.iter().find(|(_, value)| is_object(value))?;
        Some(format!("{name} of {:?} is content that is an object, which only the binary formats hold", instance.name))
    })
}

/// Why there are no bytes.
#[derive(Debug)]
pub enum Failed {
    /// The file could not be written to.
    Io(io::Error),
    /// Something in the tree has no place in the format.
    Encode(String),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Counts what is written, and stops where that is asked for.
struct Counted<'a, W> {
    inner: W,
    bytes: u64,
    watch: &'a Watch,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.watch.check().map_err(io::Error::other)?;
        let count = self.inner.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests;
