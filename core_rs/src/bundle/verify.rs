//! Reading a version without unpacking it: to check all of it, or to have one file.

use std::collections::BTreeSet;

use super::error::BundleError;
use super::fetch::Fetch;
use super::manifest::Kind;
use super::open::Bundle;
use super::ordered::ordered;
use super::sources::Sources;
use super::unpack::UnpackOptions;
use crate::hashing::thread_pool;
use crate::watch::Watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub files: usize,
    /// What all files add up to.
    pub bytes: u64,
    pub packs: usize,
}

/// Read every pack that the version needs and check every chunk.
pub fn verify(bundle: &Bundle, options: &UnpackOptions<'_>, watch: &Watch) -> Result<Verified, BundleError> {
    if let Some(trusted) = options.trusted {
        bundle.check_signature(trusted)?;
    }
    let sources = Sources::new(bundle, options.bases);
    sources.check_complete()?;
    let manifest = bundle.manifest();
    let mut packs = BTreeSet::new();
    let mut chunk_bytes = 0;
    for (number, chunk) in (0..).zip(manifest.chunks()) {
        let place = sources.place(number)?;
        packs.insert((place.bundle, place.pack));
        chunk_bytes += u64::from(chunk.length);
    }
    let packs: Vec<_> = packs.into_iter().collect();
    watch.expect_bytes(chunk_bytes);
    let pool = thread_pool(options.threads)?;
    let read = |number: usize| {
        watch.check()?;
        let (bundle, pack) = packs[number];
        let content = sources.read_pack(bundle, pack)?;
        watch.did_bytes(content.len() as u64);
        Ok::<_, BundleError>(())
    };
    ordered(&pool, packs.len(), 2 * pool.current_num_threads(), read, |_, ()| Ok(()))?;
    Ok(Verified { files: manifest.files(), bytes: manifest.total_bytes(), packs: packs.len() })
}

/// The content of one file of the version, which may have `most_bytes`.
pub fn read_file(
    bundle: &Bundle,
    bases: &[&Bundle],
    path: &str,
    most_bytes: u64,
    watch: &Watch,
) -> Result<Vec<u8>, BundleError> {
    let manifest = bundle.manifest();
    let entry = manifest
        .find(path)
        .filter(|entry| entry.kind != Kind::EmptyFolder)
        .ok_or_else(|| BundleError::NoSuchFile(path.to_owned()))?;
    let bytes = manifest.size(entry);
    if bytes > most_bytes {
        return Err(BundleError::FileTooLarge { path: path.to_owned(), bytes, cap: most_bytes });
    }
    watch.expect_bytes(bytes);
    let sources = Sources::new(bundle, bases);
    let mut content = Vec::new();
    sources.fetch(manifest, manifest.references(entry), &mut content, watch)?;
    Ok(content)
}
