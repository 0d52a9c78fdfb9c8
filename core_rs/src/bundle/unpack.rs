//! Unpacking a version into a folder that is not there yet: all of it, or nothing.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use rayon::prelude::*;

use super::error::BundleError;
use super::manifest::Kind;
use super::names::{Names, new_folders};
use super::open::Bundle;
use super::sources::{Place, Sources};
use super::staging::Staging;
use crate::hashing::thread_pool;
use crate::held::Held;
use crate::watch::Watch;

#[derive(Debug, Default)]
pub struct UnpackOptions<'a> {
    /// Bundles that hold what this one does not carry.
    pub bases: &'a [&'a Bundle],
    /// Refuse a version that the owner of this key did not sign.
    pub trusted: Option<&'a [u8; 32]>,
    pub threads: Option<usize>,
    /// Take names too that some other system would refuse, change or take for one another. Windows never does.
    pub any_name: bool,
    /// Whether everything must be on the disk before the target takes its name.
    pub durable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpacked {
    pub files: usize,
    pub bytes: u64,
}

/// Unpack `bundle` to `target`, which must be free or an empty folder.
pub fn unpack(
    bundle: &Bundle,
    target: &Path,
    options: &UnpackOptions<'_>,
    watch: &Watch,
) -> Result<Unpacked, BundleError> {
    if let Some(trusted) = options.trusted {
        bundle.check_signature(trusted)?;
    }
    let sources = Sources::new(bundle, options.bases);
    sources.check_complete()?;
    let manifest = bundle.manifest();
    // That no path leaves the target was seen when the bundle was opened.
    if cfg!(windows) || !options.any_name {
        let mut names = Names::default();
        for entry in manifest.entries() {
            let path = &entry.path;
            names.add(path).map_err(|fault| BundleError::Name { path: path.to_string(), fault })?;
        }
    }
    let bytes = manifest.total_bytes();
    watch.expect_bytes(bytes);

    let pool = thread_pool(options.threads)?;
    let staging = Staging::beside(target)?;
    let mut work = Work {
        sources: &sources,
        staging: &staging,
        uses: uses(&sources)?,
        spread: Vec::new(),
        sync_files: options.durable && !Held::SYNCS_FILES,
        watch,
    };
    work.spread = work.spread();
    work.prepare()?;
    pool.install(|| work.packs().into_par_iter().try_for_each(|uses| work.pack(uses)))?;
    staging.finish(options.durable)?;
    Ok(Unpacked { files: manifest.files(), bytes })
}

/// One mention of a chunk by a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    bundle: u32,
    pack: u32,
    entry: u32,
    in_file: u64,
    in_pack: u32,
    length: u32,
}

impl Use {
    fn pack_key(&self) -> (u32, u32) {
        (self.bundle, self.pack)
    }
}

/// Every use, those of one pack together, and there those of one file in order.
fn uses(sources: &Sources<'_>) -> Result<Vec<Use>, BundleError> {
    let manifest = sources.bundle().manifest();
    let mut uses = Vec::new();
    for (number, entry) in (0..).zip(manifest.entries()) {
        let mut in_file = 0;
        for chunk in manifest.references(entry) {
            let Place { bundle, pack, offset } = sources.place(*chunk)?;
            let length = manifest.chunk(*chunk).length;
            uses.push(Use { bundle, pack, entry: number, in_file, in_pack: offset, length });
            in_file += u64::from(length);
        }
    }
    uses.sort_unstable();
    Ok(uses)
}

struct Work<'a> {
    sources: &'a Sources<'a>,
    staging: &'a Staging,
    uses: Vec<Use>,
    /// Which files have chunks in more than one pack, or in none.
    spread: Vec<bool>,
    sync_files: bool,
    watch: &'a Watch,
}

impl Work<'_> {
    fn packs(&self) -> Vec<&[Use]> {
        self.uses.chunk_by(|a, b| a.pack_key() == b.pack_key()).collect()
    }

    fn spread(&self) -> Vec<bool> {
        let mut packs_of = vec![0_u32; self.sources.bundle().manifest().entries().len()];
        for uses in self.uses.chunk_by(|a, b| (a.pack_key(), a.entry) == (b.pack_key(), b.entry)) {
            packs_of[uses[0].entry as usize] += 1;
        }
        packs_of.into_iter().map(|packs| packs != 1).collect()
    }

    /// Make the folders, and the files that no single pack makes.
    fn prepare(&self) -> Result<(), BundleError> {
        let tree = self.staging.tree();
        let mut last = "";
        for (entry, spread) in self.sources.bundle().manifest().entries().iter().zip(&self.spread) {
            self.watch.check()?;
            let path = &*entry.path;
            for folder in new_folders(last, path).chain((entry.kind == Kind::EmptyFolder).then_some(path)) {
                tree.make(folder).map_err(|error| self.failed(folder, error))?;
            }
            last = path;
            if entry.kind != Kind::EmptyFolder && *spread {
                let made = tree.create(path, entry.kind == Kind::Executable);
                made.map_err(|error| self.failed(path, error))?;
                if self.sources.bundle().manifest().references(entry).is_empty() {
                    self.watch.did_files(1);
                }
            }
        }
        Ok(())
    }

    /// Write what one pack has.
    fn pack(&self, uses: &[Use]) -> Result<(), BundleError> {
        self.watch.check()?;
        let (bundle, pack) = uses[0].pack_key();
        let content = self.sources.read_pack(bundle, pack)?;
        for uses in uses.chunk_by(|a, b| a.entry == b.entry) {
            self.file(uses, &content)?;
        }
        Ok(())
    }

    /// Write what one pack has of one file.
    fn file(&self, uses: &[Use], content: &[u8]) -> Result<(), BundleError> {
        let number = uses[0].entry as usize;
        let entry = &self.sources.bundle().manifest().entries()[number];
        let path = &*entry.path;
        let failed = |error| self.failed(path, error);
        let tree = self.staging.tree();
        let opened = if self.spread[number] {
            tree.write(path)
        } else {
            tree.create(path, entry.kind == Kind::Executable)
        };
        let mut file = opened.map_err(failed)?;
        let mut at = 0;
        for one in uses {
            self.watch.check()?;
            let begin = one.in_pack as usize;
            let part = &content[begin..begin + one.length as usize];
            let moved = if one.in_file == at { Ok(at) } else { file.seek(SeekFrom::Start(one.in_file)) };
            moved.and_then(|_| file.write_all(part)).map_err(failed)?;
            at = one.in_file + u64::from(one.length);
            self.watch.did_bytes(u64::from(one.length));
        }
        if self.sync_files {
            file.sync_all().map_err(failed)?;
        }
        if uses[0].in_file == 0 {
            self.watch.did_files(1);
        }
        Ok(())
    }

    fn failed(&self, path: &str, error: io::Error) -> BundleError {
        BundleError::write(&self.staging.shown(path))(error)
    }
}
