//! Where the content of chunks comes from while a bundle is written.

use super::error::BundleError;
use super::manifest::Manifest;
use super::sources::Sources;
use crate::watch::Watch;

/// Gives the content of chunks, one after another; called by several threads.
pub trait Fetch: Sync {
    fn fetch(
        &self,
        manifest: &Manifest,
        chunks: &[u32],
        into: &mut Vec<u8>,
        watch: &Watch,
    ) -> Result<(), BundleError>;
}

/// Files that are in memory.
#[derive(Debug)]
pub struct Blobs<'a> {
    pub contents: Vec<&'a [u8]>,
    /// For each chunk of the manifest a blob and the place in it.
    pub origins: Vec<(usize, usize)>,
}

impl Fetch for Blobs<'_> {
    fn fetch(
        &self,
        manifest: &Manifest,
        chunks: &[u32],
        into: &mut Vec<u8>,
        _: &Watch,
    ) -> Result<(), BundleError> {
        for number in chunks {
            let (blob, begin) = self.origins[*number as usize];
            into.extend(&self.contents[blob][begin..begin + manifest.chunk(*number).length as usize]);
        }
        Ok(())
    }
}

/// Other bundles. Each pack of them is read once, in whatever order its chunks are wanted.
impl Fetch for Sources<'_> {
    fn fetch(
        &self,
        manifest: &Manifest,
        chunks: &[u32],
        into: &mut Vec<u8>,
        watch: &Watch,
    ) -> Result<(), BundleError> {
        let mut wanted = Vec::with_capacity(chunks.len());
        let mut end = into.len();
        for number in chunks {
            let length = manifest.chunk(*number).length as usize;
            wanted.push((self.place(*number)?, end, length));
            end += length;
        }
        into.resize(end, 0);
        wanted.sort_unstable();
        for same in wanted.chunk_by(|(a, ..), (b, ..)| (a.bundle, a.pack) == (b.bundle, b.pack)) {
            watch.check()?;
            let (first, ..) = same[0];
            let pack = self.read_pack(first.bundle, first.pack)?;
            for (place, begin, length) in same {
                let from = place.offset as usize;
                into[*begin..begin + length].copy_from_slice(&pack[from..from + length]);
            }
        }
        Ok(())
    }
}
