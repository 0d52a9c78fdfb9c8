//! What a version is: its paths, and the chunks that each file is made of. See docs/bundle-format.md.
//!
//! The same folder gives the same bytes, however its chunks are packed or carried; their digest is the version's name.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::caps::{
    CHUNK_MOST_BYTES, MOST_CHUNKS, MOST_ENTRIES, MOST_INDEX_BYTES, MOST_NAMES, MOST_PATH_BYTES,
    MOST_PATHS_BYTES, MOST_REFERENCES,
};
use super::error::BundleError;
use super::names::{NameFault, check_safe, new_folders};
use crate::hashing::{DIGEST_LENGTH, Digest, Piece};
use crate::wire::{Reader, WireError, push_varint};

/// Keeps the name of a version apart from the name of a chunk with the same bytes.
const NAME_CONTEXT: &str = "toolboxai bundle manifest 1";
const VERSION: u8 = 1;
/// Shared length, rest length, one byte of path, kind.
const LEAST_ROW_BYTES: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Executable,
    EmptyFolder,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: Box<str>,
    pub kind: Kind,
    /// Where its chunks stand in the manifest's references.
    references: Range<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    entries: Vec<Entry>,
    references: Vec<u32>,
    /// Each once, in the order in which the files first need them.
    chunks: Vec<Piece>,
}

impl Manifest {
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries are files.
    #[must_use]
    pub fn files(&self) -> usize {
        self.entries.iter().filter(|entry| entry.kind != Kind::EmptyFolder).count()
    }

    #[must_use]
    pub fn chunks(&self) -> &[Piece] {
        &self.chunks
    }

    /// The chunks of one file, as places in `chunks`.
    #[must_use]
    pub fn references(&self, entry: &Entry) -> &[u32] {
        &self.references[entry.references.clone()]
    }

    #[must_use]
    pub fn chunk(&self, number: u32) -> &Piece {
        &self.chunks[number as usize]
    }

    #[must_use]
    pub fn size(&self, entry: &Entry) -> u64 {
        self.references(entry).iter().map(|number| u64::from(self.chunk(*number).length)).sum()
    }

    /// What all files add up to.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.references.iter().map(|number| u64::from(self.chunk(*number).length)).sum()
    }

    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Entry> {
        self.entries.binary_search_by(|entry| (*entry.path).cmp(path)).ok().map(|at| &self.entries[at])
    }

    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() * 32 + self.chunks.len() * (DIGEST_LENGTH + 3));
        out.push(VERSION);
        push_varint(&mut out, self.entries.len() as u64);
        let mut last = "";
        let mut defined = 0;
        for entry in &self.entries {
            let shared = shared_length(last.as_bytes(), entry.path.as_bytes());
            let rest = &entry.path.as_bytes()[shared..];
            push_varint(&mut out, shared as u64);
            push_varint(&mut out, rest.len() as u64);
            out.extend(rest);
            last = &entry.path;
            out.push(match entry.kind {
                Kind::File => 0,
                Kind::Executable => 1,
                Kind::EmptyFolder => 2,
            });
            if entry.kind != Kind::EmptyFolder {
                push_varint(&mut out, entry.references.len() as u64);
            }
            for number in self.references(entry) {
                push_varint(&mut out, u64::from(defined - number));
                if *number == defined {
                    push_varint(&mut out, u64::from(self.chunk(*number).length));
                    defined += 1;
                }
            }
        }
        for chunk in &self.chunks {
            out.extend(chunk.digest);
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, BundleError> {
        let mut reader = Reader::new(bytes);
        match reader.byte("the manifest")? {
            VERSION => {}
            other => return Err(BundleError::NewerFormat(other)),
        }
        let count = reader.rows(MOST_ENTRIES, LEAST_ROW_BYTES, "the number of entries")?;
        let mut manifest = Self { entries: Vec::with_capacity(count), ..Self::default() };
        let mut names = 0;
        let mut path = Vec::new();
        let mut paths_bytes = 0;
        for _ in 0..count {
            read_path(&mut reader, &mut path)?;
            paths_bytes += path.len();
            if paths_bytes > MOST_PATHS_BYTES {
                let what = "the length of all paths";
                return Err(WireError::AboveCap {
                    what,
                    value: paths_bytes as u64,
                    cap: MOST_PATHS_BYTES as u64,
                }
                .into());
            }
            let text = std::str::from_utf8(&path).map_err(|_| WireError::Wrong("a path is not UTF-8"))?;
            let kind = match reader.byte("a kind")? {
                0 => Kind::File,
                1 => Kind::Executable,
                2 => Kind::EmptyFolder,
                _ => return Err(WireError::Wrong("a kind is unknown").into()),
            };
            manifest.check_place(text, &mut names)?;
            let mentioned = manifest.references.len();
            let references = match kind {
                Kind::EmptyFolder => mentioned..mentioned,
                Kind::File | Kind::Executable => manifest.read_references(&mut reader)?,
            };
            manifest.entries.push(Entry { path: text.into(), kind, references });
        }
        manifest.read_digests(&mut reader)?;
        reader.end()?;
        Ok(manifest)
    }

    /// That `path` may come next: it is safe, behind the last one, and inside no file. `names` counts its new names.
    fn check_place(&self, path: &str, names: &mut usize) -> Result<(), BundleError> {
        let refused = |fault| BundleError::Name { path: path.to_owned(), fault };
        check_safe(path).map_err(refused)?;
        let last = self.entries.last().map_or("", |entry| &entry.path);
        // What holds something comes before it, so it is there to be found.
        if path <= last
            || new_folders(last, path).inspect(|_| *names += 1).any(|folder| self.find(folder).is_some())
        {
            return Err(refused(NameFault::Taken));
        }
        *names += 1;
        if *names > MOST_NAMES { Err(refused(NameFault::TooMany)) } else { Ok(()) }
    }

    fn read_references(&mut self, reader: &mut Reader<'_>) -> Result<Range<usize>, WireError> {
        let begin = self.references.len();
        let count = reader.rows(MOST_REFERENCES - begin, 1, "the number of chunks")?;
        self.references.reserve(count);
        for _ in 0..count {
            let back = reader.varint("a chunk")?;
            let defined = self.chunks.len();
            if back == 0 {
                let length = reader.capped(CHUNK_MOST_BYTES, "the length of a chunk")?;
                if length == 0 || defined == MOST_CHUNKS {
                    return Err(WireError::Wrong("a chunk is empty, or there are too many"));
                }
                self.chunks.push(Piece { digest: [0; DIGEST_LENGTH], length: small(length) });
            }
            let number = usize::try_from(back).ok().and_then(|back| defined.checked_sub(back));
            self.references.push(small(number.ok_or(WireError::Wrong("a chunk was not there before"))?));
        }
        Ok(begin..self.references.len())
    }

    fn read_digests(&mut self, reader: &mut Reader<'_>) -> Result<(), WireError> {
        let mut seen = HashSet::with_capacity(self.chunks.len());
        for chunk in &mut self.chunks {
            chunk.digest = reader.array("the digests")?;
            if !seen.insert(chunk.digest) {
                return Err(WireError::Wrong("a chunk stands twice"));
            }
        }
        Ok(())
    }
}

/// The name of the version with these manifest bytes.
#[must_use]
pub fn name_of(manifest: &[u8]) -> Digest {
    blake3::derive_key(NAME_CONTEXT, manifest)
}

/// Turn `path` into the next one.
fn read_path(reader: &mut Reader<'_>, path: &mut Vec<u8>) -> Result<(), WireError> {
    let shared = reader.capped(path.len(), "the shared part of a path")?;
    let rest = reader.capped(MOST_PATH_BYTES - shared.min(MOST_PATH_BYTES), "the length of a path")?;
    let rest = reader.take(rest, "a path")?;
    match (path.get(shared), rest.first()) {
        (None, Some(_)) => {}
        (Some(old), Some(new)) if new > old => {}
        _ => return Err(WireError::Wrong("the paths are out of order")),
    }
    path.truncate(shared);
    path.extend(rest);
    Ok(())
}

fn shared_length(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A number below a cap that itself fits.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Builds a manifest from entries in the order of their paths' bytes.
#[derive(Debug, Default)]
pub struct Builder {
    manifest: Manifest,
    numbers: HashMap<Digest, u32>,
    names: usize,
    paths_bytes: usize,
}

impl Builder {
    /// Add the next entry in the order of the paths' bytes.
    pub fn add(&mut self, path: &str, kind: Kind, pieces: &[Piece]) -> Result<(), BundleError> {
        self.manifest.check_place(path, &mut self.names)?;
        self.paths_bytes += path.len();
        let manifest = &mut self.manifest;
        let begin = manifest.references.len();
        for piece in pieces {
            let next = small(manifest.chunks.len());
            let number = *self.numbers.entry(piece.digest).or_insert(next);
            if number == next {
                manifest.chunks.push(*piece);
            }
            manifest.references.push(number);
        }
        manifest.entries.push(Entry {
            path: path.into(),
            kind,
            references: begin..manifest.references.len(),
        });
        within("entries", manifest.entries.len(), MOST_ENTRIES)?;
        within("chunks", manifest.chunks.len(), MOST_CHUNKS)?;
        within("mentions of chunks", manifest.references.len(), MOST_REFERENCES)?;
        within("the length of all paths", self.paths_bytes, MOST_PATHS_BYTES)
    }

    /// The number of a chunk that was added.
    #[must_use]
    pub fn number(&self, digest: &Digest) -> Option<u32> {
        self.numbers.get(digest).copied()
    }

    #[must_use]
    pub fn finish(self) -> Manifest {
        self.manifest
    }
}

/// Refuse to write what no reader would take.
pub(super) fn within(what: &'static str, value: usize, cap: usize) -> Result<(), BundleError> {
    if value <= cap {
        Ok(())
    } else {
        Err(BundleError::TooMuch { what, value: value as u64, cap: cap as u64 })
    }
}

/// The cap on what both halves of the index take, where it is known how long they are.
pub(super) fn within_index(manifest: usize, layout: usize) -> Result<(), BundleError> {
    within("the index", manifest + layout, MOST_INDEX_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::blake3;
    use proptest::prelude::*;

    fn piece(number: u8) -> Piece {
        Piece { digest: blake3(&[number]), length: u32::from(number) + 1 }
    }

    fn manifests() -> impl Strategy<Value = Manifest> {
        let entry = (0_u8..3, proptest::collection::vec(0_u8..20, 0..6));
        proptest::collection::btree_map("[a-cé]{1,3}(/[x-z]{1,2}){0,2}", entry, 0..20).prop_map(|entries| {
            let mut builder = Builder::default();
            for (path, (kind, numbers)) in entries {
                let (kind, numbers) = match kind {
                    0 => (Kind::File, numbers),
                    1 => (Kind::Executable, numbers),
                    _ => (Kind::EmptyFolder, Vec::new()),
                };
                let pieces: Vec<_> = numbers.into_iter().map(piece).collect();
                // A path inside a file is refused, and then is not part of the manifest.
                let _ = builder.add(&path, kind, &pieces);
            }
            builder.finish()
        })
    }

    proptest! {
        #[test]
        fn a_manifest_comes_back(manifest in manifests()) {
            prop_assert_eq!(&manifest, &Manifest::decode(&manifest.encode()).unwrap());
        }

        #[test]
        fn what_is_taken_has_one_spelling(manifest in manifests(), at: prop::sample::Index, value: u8) {
            let mut bytes = manifest.encode();
            let at = at.index(bytes.len());
            bytes[at] = value;
            if let Ok(other) = Manifest::decode(&bytes) {
                prop_assert_eq!(bytes, other.encode());
            }
        }

        #[test]
        fn any_bytes_are_taken_or_refused(bytes in proptest::collection::vec(0_u8..6, 0..60)) {
            let _ = Manifest::decode(&[&[VERSION][..], &bytes].concat());
        }
    }

    #[test]
    fn what_no_reader_would_take_is_not_written() {
        assert!(within("entries", MOST_ENTRIES, MOST_ENTRIES).is_ok());
        let error = within("entries", MOST_ENTRIES + 1, MOST_ENTRIES).unwrap_err();
        assert_eq!(
            "too much for one bundle: entries would be 500001, and the most is 500000",
            error.to_string()
        );
        assert!(within_index(MOST_INDEX_BYTES, 1).is_err());
    }

    #[test]
    fn the_name_is_not_the_digest_of_a_chunk() {
        assert_ne!(blake3(b"manifest"), name_of(b"manifest"));
    }
}
