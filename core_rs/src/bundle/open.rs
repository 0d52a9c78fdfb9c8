//! A bundle that can be read from: its tail is checked, its packs are checked when they are read.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::compress;
use super::container::{FOOTER_BYTES, FORMAT, Footer, MAGIC, Tail};
use super::error::{BundleError, SignatureFault};
use super::layout::{Layout, Pack};
use super::manifest::Manifest;
use crate::hashing::{self, Digest, blake3, hex, read_exact_at};
use crate::sign::KEY_LENGTH;

#[derive(Debug)]
enum Store {
    File(File, PathBuf),
    Memory(Vec<u8>),
}

#[derive(Debug)]
pub struct Bundle {
    store: Store,
    tail: Tail,
    /// Where each pack begins.
    offsets: Vec<u64>,
}

impl Bundle {
    /// Open the bundle at `path`, whose files may add up to `most_unpacked_bytes`.
    pub fn open(path: &Path, most_unpacked_bytes: u64) -> Result<Self, BundleError> {
        let (file, stamp) = hashing::open(path)?;
        let opened = Self::from_store(Store::File(file, path.to_owned()), stamp.size, most_unpacked_bytes);
        opened.map_err(|error| match error {
            BundleError::Hashing(_) => error,
            _ => error.about(path),
        })
    }

    /// The bundle that `bytes` are.
    pub fn from_bytes(bytes: Vec<u8>, most_unpacked_bytes: u64) -> Result<Self, BundleError> {
        let length = bytes.len() as u64;
        Self::from_store(Store::Memory(bytes), length, most_unpacked_bytes)
    }

    fn from_store(store: Store, length: u64, most_unpacked_bytes: u64) -> Result<Self, BundleError> {
        let mut magic = [0; MAGIC.len()];
        if length < (MAGIC.len() + FOOTER_BYTES) as u64 {
            return Err(BundleError::NotABundle);
        }
        store.read(&mut magic, 0)?;
        if magic != MAGIC {
            let known =
                magic[..MAGIC.len() - 1] == MAGIC[..MAGIC.len() - 1] && magic[MAGIC.len() - 1] > FORMAT;
            return Err(if known {
                BundleError::NewerFormat(magic[MAGIC.len() - 1])
            } else {
                BundleError::NotABundle
            });
        }
        let mut footer = [0; FOOTER_BYTES];
        store.read(&mut footer, length - FOOTER_BYTES as u64)?;
        let footer = Footer::decode(&footer)?;
        let tail_begin = length
            .checked_sub(footer.tail_bytes() as u64)
            .filter(|begin| *begin >= MAGIC.len() as u64)
            .ok_or_else(|| BundleError::damaged("it is shorter than its index says"))?;
        let mut tail = vec![0; footer.tail_bytes()];
        store.read(&mut tail, tail_begin)?;
        let tail = footer.decode_tail(&tail)?;
        if MAGIC.len() as u64 + tail.layout.stored_bytes() != tail_begin {
            return Err(BundleError::damaged("its packs are not as long as its index says"));
        }
        let bytes = tail.manifest.total_bytes();
        if bytes > most_unpacked_bytes {
            return Err(BundleError::TooLarge { bytes, cap: most_unpacked_bytes });
        }
        let mut next = MAGIC.len() as u64;
        let offsets = tail.layout.packs.iter().map(|pack| {
            let offset = next;
            next += u64::from(pack.stored_bytes);
            offset
        });
        Ok(Self { store, offsets: offsets.collect(), tail })
    }

    /// The name of the version: equal for every bundle of the same content, whatever it carries.
    #[must_use]
    pub fn name(&self) -> &Digest {
        &self.tail.name
    }

    /// The version that is needed too, where this bundle carries only what changed since.
    #[must_use]
    pub fn base(&self) -> Option<&Digest> {
        self.tail.base.as_ref()
    }

    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.tail.manifest
    }

    #[must_use]
    pub fn signature(&self) -> Option<&super::Signature> {
        self.tail.signature.as_ref()
    }

    /// Whether `trusted` signed this version.
    pub fn check_signature(&self, trusted: &[u8; KEY_LENGTH]) -> Result<(), BundleError> {
        let signature = self.signature().ok_or(SignatureFault::Unsigned);
        let checked = signature.and_then(|signature| signature.check(trusted, self.name()));
        checked.map_err(|fault| self.about(BundleError::Signature(fault)))
    }

    #[must_use]
    pub fn packs(&self) -> usize {
        self.tail.layout.packs.len()
    }

    /// How many of the manifest's chunks are in this bundle itself.
    #[must_use]
    pub fn carried_chunks(&self) -> usize {
        self.tail.layout.order.len()
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.tail.layout
    }

    /// Read, check and decompress one pack; every chunk in it has the digest of its name.
    pub(super) fn read_pack(&self, number: usize) -> Result<Vec<u8>, BundleError> {
        let layout = self.layout();
        let pack = &layout.packs[number];
        let mut stored = vec![0; pack.stored_bytes as usize];
        self.store.read(&mut stored, self.offsets[number])?;
        let content = self.decompress(pack, &stored);
        content.ok_or_else(|| {
            let (number, count) = (number + 1, layout.packs.len());
            self.about(BundleError::damaged(format!("pack {number} of {count} is not what it was")))
        })
    }

    /// Say that `error` is about this bundle, where it has a path to name.
    pub(super) fn about(&self, error: BundleError) -> BundleError {
        match &self.store {
            Store::File(_, path) => error.about(path),
            Store::Memory(_) => error,
        }
    }

    fn decompress(&self, pack: &Pack, stored: &[u8]) -> Option<Vec<u8>> {
        if blake3(stored) != pack.digest {
            return None;
        }
        let chunks = || self.layout().chunks(pack).iter().map(|chunk| self.manifest().chunk(*chunk));
        let content = compress::decompress(stored, chunks().map(|chunk| chunk.length as usize).sum()).ok()?;
        let mut rest = &content[..];
        for chunk in chunks() {
            let (this, after) = rest.split_at(chunk.length as usize);
            if blake3(this) != chunk.digest {
                return None;
            }
            rest = after;
        }
        Some(content)
    }

    /// How to call it in a sentence.
    #[must_use]
    pub fn short_name(&self) -> String {
        short(self.name())
    }
}

pub(super) fn short(name: &Digest) -> String {
    hex(&name[..8])
}

impl Store {
    fn read(&self, buffer: &mut [u8], offset: u64) -> Result<(), BundleError> {
        match self {
            Self::File(file, path) => read_exact_at(file, buffer, offset).map_err(BundleError::read(path)),
            Self::Memory(bytes) => {
                let part =
                    usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)?.get(..buffer.len()));
                buffer.copy_from_slice(part.ok_or_else(|| BundleError::damaged("it ends too early"))?);
                Ok(())
            }
        }
    }
}
