//! Making bundles: of a folder, of blobs, of what changed between two, and of the two put together again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::chunk::pieces;
use super::error::BundleError;
use super::fetch::{Blobs, Fetch};
use super::folder::Folder;
use super::manifest::{Builder, Kind, Manifest};
use super::names::Names;
use super::open::Bundle;
use super::output::{Seal, Written, write_file};
use super::sources::Sources;
use super::write::{Plan, write};
use crate::hashing::{Algorithm, Digest, Memo, Skipped, thread_pool};
use crate::watch::Watch;

#[derive(Debug, Default)]
pub struct PackOptions<'a> {
    /// Carry only what this earlier version does not have.
    pub base: Option<&'a Bundle>,
    /// Files that it knows are not cut again, and not read at all where the base has their chunks.
    pub memo: Option<&'a mut Memo>,
    /// Sign the version with the key that grows from this.
    pub seed: Option<&'a [u8; 32]>,
    /// Take names too that some other system would refuse, change or take for one another.
    pub any_name: bool,
    pub threads: Option<usize>,
    /// Whether the bundle must be on the disk before it takes its name.
    pub durable: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Packed {
    pub name: Digest,
    /// The length of the new file.
    pub bytes: u64,
    pub packs: usize,
    pub carried_chunks: usize,
    pub chunks: usize,
    pub files: usize,
    /// Files and empty folders.
    pub entries: usize,
    /// The public key that goes with the seed it was signed with, or with the signature that was kept.
    pub signer: Option<[u8; 32]>,
    /// What all files add up to.
    pub total_bytes: u64,
    /// How many files had to be read to know what they hold.
    pub files_read: usize,
    /// What the folder has that a bundle does not hold.
    pub skipped: Vec<Skipped>,
}

/// A file that is in memory.
#[derive(Clone, Debug)]
pub struct Blob<'a> {
    pub path: String,
    pub content: &'a [u8],
    pub executable: bool,
}

/// Write a bundle of the folder `root` to `out`.
pub fn pack_folder(
    root: &Path,
    out: &Path,
    options: PackOptions<'_>,
    watch: &Watch,
) -> Result<Packed, BundleError> {
    refuse_inside(root, out)?;
    let PackOptions { base, memo, seed, any_name, threads, durable } = options;
    let pool = thread_pool(threads)?;
    let seal = seed.map_or(Seal::Nobody, Seal::Sign);
    let folder = Folder { root, base, memo: memo.as_deref(), any_name, seal, pool: &pool, watch };
    let made = write_file(out, durable, |output| folder.pack(output))?;
    if let Some(memo) = memo {
        if memo.algorithm() != Algorithm::Blake3 {
            *memo = Memo::new(Algorithm::Blake3);
        }
        memo.replace(made.began_ns, made.learnt.into_iter());
    }
    let packed = packed(&made.manifest, &made.written);
    Ok(Packed { files_read: made.files_read, skipped: made.skipped, ..packed })
}

/// Write a bundle of `blobs`, in whatever order, to `out`.
pub fn pack_blobs(
    mut blobs: Vec<Blob<'_>>,
    out: &Path,
    options: &PackOptions<'_>,
    watch: &Watch,
) -> Result<Packed, BundleError> {
    blobs.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let mut builder = Builder::default();
    let mut names = Names::default();
    let mut content = Blobs { contents: Vec::with_capacity(blobs.len()), origins: Vec::new() };
    for (number, blob) in blobs.iter().enumerate() {
        if !options.any_name {
            names.add(&blob.path).map_err(|fault| BundleError::Name { path: blob.path.clone(), fault })?;
        }
        let pieces = pieces(blob.content);
        let kind = if blob.executable { Kind::Executable } else { Kind::File };
        builder.add(&blob.path, kind, &pieces)?;
        let mut begin = 0;
        for piece in &pieces {
            // A chunk that is new here has the next number.
            if builder.number(&piece.digest).is_some_and(|number| number as usize == content.origins.len()) {
                content.origins.push((number, begin));
            }
            begin += piece.length as usize;
        }
        content.contents.push(blob.content);
    }
    let manifest = builder.finish();
    watch.expect_bytes(manifest.total_bytes());
    let pool = thread_pool(options.threads)?;
    let made =
        Making { manifest: &manifest, content: &content, durable: options.durable, pool: &pool, watch };
    let written = made.write(out, options.base, options.seed.map_or(Seal::Nobody, Seal::Sign))?;
    Ok(packed(&manifest, &written))
}

/// Write to `out` what a reader that holds the version `old` needs for the version `new`.
///
/// `new_bases` hold what `new` does not carry itself.
pub fn delta(
    old: &Bundle,
    new: &Bundle,
    new_bases: &[&Bundle],
    out: &Path,
    options: &PackOptions<'_>,
    watch: &Watch,
) -> Result<Packed, BundleError> {
    copy(new, new_bases, Some(old), out, options, watch)
}

/// Write to `out` the whole version that `bundle` and its `bases` hold together: byte for byte what packing the
/// same folder at once gives.
pub fn join(
    bundle: &Bundle,
    bases: &[&Bundle],
    out: &Path,
    options: &PackOptions<'_>,
    watch: &Watch,
) -> Result<Packed, BundleError> {
    copy(bundle, bases, None, out, options, watch)
}

fn copy(
    bundle: &Bundle,
    bases: &[&Bundle],
    without: Option<&Bundle>,
    out: &Path,
    options: &PackOptions<'_>,
    watch: &Watch,
) -> Result<Packed, BundleError> {
    let pool = thread_pool(options.threads)?;
    let sources = Sources::new(bundle, bases);
    sources.check_complete()?;
    let seal = match (options.seed, bundle.signature()) {
        (Some(seed), _) => Seal::Sign(seed),
        (None, Some(signature)) => Seal::Copy(signature),
        (None, None) => Seal::Nobody,
    };
    let manifest = bundle.manifest();
    watch.expect_bytes(manifest.total_bytes());
    let made = Making { manifest, content: &sources, durable: options.durable, pool: &pool, watch };
    let written = made.write(out, without, seal)?;
    Ok(packed(manifest, &written))
}

struct Making<'a> {
    manifest: &'a Manifest,
    content: &'a dyn Fetch,
    durable: bool,
    pool: &'a rayon::ThreadPool,
    watch: &'a Watch,
}

impl Making<'_> {
    fn write(&self, out: &Path, base: Option<&Bundle>, seal: Seal<'_>) -> Result<Written, BundleError> {
        let Self { manifest, content, durable, pool, watch } = *self;
        let held: HashSet<&Digest> =
            base.into_iter().flat_map(|base| base.manifest().chunks()).map(|chunk| &chunk.digest).collect();
        let plan =
            Plan { manifest, in_base: &|digest| held.contains(digest), base: base.map(Bundle::name), seal };
        write_file(out, durable, |output| write(output, &plan, content, pool, watch))
    }
}

fn packed(manifest: &Manifest, written: &Written) -> Packed {
    Packed {
        name: written.name,
        bytes: written.bytes,
        packs: written.packs,
        carried_chunks: written.carried_chunks,
        chunks: manifest.chunks().len(),
        files: manifest.files(),
        entries: manifest.entries().len(),
        signer: written.signer,
        total_bytes: manifest.total_bytes(),
        files_read: 0,
        skipped: Vec::new(),
    }
}

/// A bundle inside the folder would be part of the next one.
fn refuse_inside(root: &Path, out: &Path) -> Result<(), BundleError> {
    let folder = match out.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    match (root.canonicalize(), folder.canonicalize()) {
        (Ok(root), Ok(folder)) if folder.starts_with(&root) => Err(BundleError::OutputInside(out.to_owned())),
        // What cannot be found is told where it is opened.
        _ => Ok(()),
    }
}
