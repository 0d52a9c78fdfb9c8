//! Compresses a binary file while it is made: each chunk in a task of its own, as the next is being written.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::Scope;

/// What stands before the first chunk: the mark of the format, its version, and how many classes and instances there are.
const HEADER_BYTES: usize = 32;
/// Its name, its size compressed, its size, and four bytes that are zero.
const CHUNK_HEADER_BYTES: usize = 16;
/// The last chunk of a file, by which others know its end; it is never compressed.
const END: &[u8] = b"END\0";

/// Takes a file whose chunks are not compressed.
pub(super) struct Chunks<'a, 'scope> {
    scope: &'a Scope<'scope>,
    done: &'scope Done,
    awaited: Awaited,
    /// What has come of what is awaited.
    held: Vec<u8>,
}

/// The parts of the file in their order, each once it is compressed.
#[derive(Default)]
pub(super) struct Done(Mutex<Vec<Arc<OnceLock<Part>>>>);

/// What stands before the bytes, and the bytes.
struct Part {
    header: [u8; CHUNK_HEADER_BYTES],
    header_bytes: usize,
    content: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Awaited {
    Header,
    ChunkHeader,
    Body { name: [u8; 4], bytes: usize },
}

impl Done {
    fn add(&self) -> Arc<OnceLock<Part>> {
        let part = Arc::default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&part));
        part
    }

    /// Write the file, once every task has ended.
    pub fn write(self, mut out: impl Write) -> io::Result<()> {
        for part in self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let part = part.get().ok_or_else(|| io::Error::other("a part was not compressed"))?;
            out.write_all(&part.header[..part.header_bytes])?;
            out.write_all(&part.content)?;
        }
        Ok(())
    }
}

impl<'a, 'scope> Chunks<'a, 'scope> {
    pub fn new(scope: &'a Scope<'scope>, done: &'scope Done) -> Self {
        Self { scope, done, awaited: Awaited::Header, held: Vec::new() }
    }

    fn missing(&self) -> usize {
        let whole = match self.awaited {
            Awaited::Header => HEADER_BYTES,
            Awaited::ChunkHeader => CHUNK_HEADER_BYTES,
            Awaited::Body { bytes, .. } => bytes,
        };
        whole - self.held.len()
    }

    fn came(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.awaited = match self.awaited {
            Awaited::Header => {
                let bare = Part { header: [0; CHUNK_HEADER_BYTES], header_bytes: 0, content: held };
                self.done.add().get_or_init(|| bare);
                Awaited::ChunkHeader
            }
            Awaited::ChunkHeader => {
                let number =
                    |at: usize| u32::from_le_bytes([held[at], held[at + 1], held[at + 2], held[at + 3]]);
                let bytes = number(8) as usize;
                self.held.reserve_exact(bytes);
                Awaited::Body { name: [held[0], held[1], held[2], held[3]], bytes }
            }
            Awaited::Body { name, .. } => {
                let part = self.done.add();
                self.scope.spawn(move |_| {
                    part.get_or_init(|| chunk(name, held));
                });
                Awaited::ChunkHeader
            }
        };
    }
}

impl Write for Chunks<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut left = bytes;
        while !left.is_empty() {
            let (taken, rest) = left.split_at(left.len().min(self.missing()));
            self.held.extend_from_slice(taken);
            left = rest;
            // A chunk without bytes is whole as soon as its header is.
            while self.missing() == 0 {
                self.came();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn chunk(name: [u8; 4], bytes: Vec<u8>) -> Part {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut header = [0; CHUNK_HEADER_BYTES];
    header[..4].copy_from_slice(&name);
    header[8..12].copy_from_slice(&length(&bytes));
    let content = if name == END { bytes } else { lz4_flex::block::compress(&bytes) };
    if name != END {
        header[4..8].copy_from_slice(&length(&content));
    }
    Part { header, header_bytes: CHUNK_HEADER_BYTES, content }
}
