//! A bundle that is being written: packs in order, the tail last, the name when all of it is there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::caps::MOST_PACKS;
use super::compress::compress;
use super::container::{MAGIC, Signature, encode_tail};
use super::error::BundleError;
use super::layout::{Layout, Pack};
use super::manifest::{Manifest, name_of, within};
use crate::hashing::{Digest, blake3};
use crate::replace_file::replace_file;

/// A pack, compressed.
#[derive(Debug)]
pub struct Stored {
    digest: Digest,
    bytes: Vec<u8>,
}

impl Stored {
    pub fn of(content: &[u8]) -> Result<Self, BundleError> {
        let bytes = compress(content)?;
        Ok(Self { digest: blake3(&bytes), bytes })
    }
}

/// Who vouches for the version.
#[derive(Clone, Copy, Debug)]
pub enum Seal<'a> {
    Nobody,
    Sign(&'a [u8; 32]),
    /// The signature of another bundle of the same version.
    Copy(&'a Signature),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub name: Digest,
    pub bytes: u64,
    pub packs: usize,
    pub carried_chunks: usize,
    /// The key that vouches for it.
    pub signer: Option<[u8; 32]>,
}

/// An error while the new file is written; the path to name with it is put on at the end.
#[derive(Debug)]
pub enum Failure {
    Io(io::Error),
    Bundle(BundleError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<E: Into<BundleError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Bundle(error.into())
    }
}

#[derive(Debug)]
pub struct Output<'a> {
    file: BufWriter<&'a mut File>,
    bytes: u64,
    packs: Vec<Pack>,
    chunks: usize,
}

/// Let `fill` write a bundle that appears at `path` when it is whole; `durable`: and is on the disk then.
pub fn write_file<T>(
    path: &Path,
    durable: bool,
    fill: impl FnOnce(&mut Output<'_>) -> Result<T, Failure>,
) -> Result<T, BundleError> {
    let written = replace_file(path, durable, |file| {
        let mut output = Output { file: BufWriter::new(file), bytes: 0, packs: Vec::new(), chunks: 0 };
        output.write(&MAGIC)?;
        let filled = fill(&mut output)?;
        output.file.flush()?;
        Ok(filled)
    });
    written.map_err(|failure| match failure {
        Failure::Io(error) => BundleError::write(path)(error),
        Failure::Bundle(error) => error,
    })
}

impl Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Write the next pack, which holds so many chunks.
    pub fn pack(&mut self, stored: &Stored, chunks: usize) -> Result<(), Failure> {
        self.write(&stored.bytes)?;
        let stored_bytes = u32::try_from(stored.bytes.len()).unwrap_or(u32::MAX);
        self.packs.push(Pack {
            digest: stored.digest,
            stored_bytes,
            chunks: self.chunks..self.chunks + chunks,
        });
        self.chunks += chunks;
        Ok(within("packs", self.packs.len(), MOST_PACKS)?)
    }

    /// Write the tail; `order` are the chunks in the packs, as numbers of the manifest.
    pub fn finish(
        &mut self,
        manifest: &Manifest,
        order: Vec<u32>,
        base: Option<&Digest>,
        seal: Seal<'_>,
    ) -> Result<Written, Failure> {
        let layout = Layout { packs: std::mem::take(&mut self.packs), order };
        let encoded = manifest.encode();
        let name = name_of(&encoded);
        let signed;
        let signature = match seal {
            Seal::Nobody => None,
            Seal::Copy(signature) => Some(signature),
            Seal::Sign(seed) => {
                signed = Signature::make(seed, &name);
                Some(&signed)
            }
        };
        self.write(&encode_tail(&encoded, &layout.encode(), base, signature)?)?;
        Ok(Written {
            name,
            bytes: self.bytes,
            packs: layout.packs.len(),
            carried_chunks: layout.order.len(),
            signer: signature.map(|signature| signature.key),
        })
    }
}
