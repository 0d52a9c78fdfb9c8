//! Reading files and cutting them into chunks, a window of content at a time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::chunk::{pieces, pieces_of_section};
use super::error::BundleError;
use crate::hashing::{
    Found, HashingError, Piece, Stamp, check_unchanged, open_found, read_exact_at, read_to_end_at,
};
use crate::watch::Watch;

/// Small files are read together until they are this much, so that a window costs enough to be a task.
pub const WINDOW_BYTES: u64 = 4 * 1024 * 1024;
/// A file above this is read in sections of this length.
pub const SECTION_BYTES: usize = 8 * 1024 * 1024;

/// Memory for windows, used again and again: fresh pages cost more than what is done with them.
#[derive(Debug, Default)]
pub struct Buffers(Mutex<Vec<Vec<u8>>>);

/// Memory that goes back when the last chunk in it is packed.
#[derive(Debug)]
pub struct Buffer<'a> {
    bytes: Vec<u8>,
    home: &'a Buffers,
}

impl Buffers {
    fn take(&self, length: usize) -> Buffer<'_> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if bytes.len() < length {
            bytes.resize(length, 0);
        }
        Buffer { bytes, home: self }
    }
}

impl std::ops::Deref for Buffer<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
impl Buffers {
    /// How many were in use at the same time at most, once all of them are back.
    pub fn peak(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.home.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

/// A window of content and what was found in it.
#[derive(Debug)]
pub struct Cut<'a> {
    pub buffer: Arc<Buffer<'a>>,
    pub files: Vec<CutFile>,
    /// Where to go on in a file that is not at its end.
    pub more: Option<Cursor>,
}

/// A file, or a section of one, as it stands in the window.
#[derive(Debug)]
pub struct CutFile {
    /// Its place in the listing.
    pub number: usize,
    pub stamp: Stamp,
    pub begin: usize,
    pub pieces: Vec<Piece>,
}

/// A large file, part of which is cut.
#[derive(Debug)]
pub struct Cursor {
    number: usize,
    path: PathBuf,
    file: File,
    stamp: Stamp,
    left: u64,
    /// Read, and not cut because of what follows.
    rest: Vec<u8>,
}

#[derive(Debug)]
pub struct Cutter<'a> {
    pub root: &'a Path,
    pub listed: &'a [Found],
    pub buffers: &'a Buffers,
    pub watch: &'a Watch,
}

impl<'a> Cutter<'a> {
    /// Read and cut these files of the listing. A file that is gone by now is not part of the folder.
    pub fn window(&self, numbers: &[usize]) -> Result<Cut<'a>, BundleError> {
        if let [number] = numbers
            && self.listed[*number].stamp.size > SECTION_BYTES as u64
        {
            return self.large(*number);
        }
        let expected: u64 = numbers.iter().map(|number| self.listed[*number].stamp.size + 1).sum();
        let mut buffer = self.buffers.take(usize::try_from(expected).unwrap_or(0));
        let mut begin = 0;
        let mut files = Vec::with_capacity(numbers.len());
        for number in numbers {
            self.watch.check()?;
            let path = self.root.join(&self.listed[*number].path);
            let Some((file, stamp)) = open_found(&path, &self.listed[*number])? else { continue };
            let length = usize::try_from(stamp.size).ok().filter(|length| *length <= SECTION_BYTES);
            // One that has grown since would have been read in sections, so as not to fill the memory.
            let length = length.ok_or_else(|| HashingError::Changed(path.clone()))?;
            if buffer.bytes.len() < begin + length + 1 {
                buffer.bytes.resize(begin + length + 1, 0);
            }
            read_to_end_at(&file, &mut buffer.bytes[begin..=begin + length], 0)
                .map_err(BundleError::read(&path))?;
            check_unchanged(&file, &stamp, &path)?;
            files.push(CutFile {
                number: *number,
                stamp,
                begin,
                pieces: pieces(&buffer[begin..begin + length]),
            });
            begin += length;
            self.watch.did_files(1);
        }
        Ok(Cut { buffer: Arc::new(buffer), files, more: None })
    }

    fn large(&self, number: usize) -> Result<Cut<'a>, BundleError> {
        let path = self.root.join(&self.listed[number].path);
        match open_found(&path, &self.listed[number])? {
            None => Ok(Cut { buffer: Arc::new(self.buffers.take(0)), files: Vec::new(), more: None }),
            Some((file, stamp)) => {
                self.watch.did_files(1);
                self.section(Cursor { number, path, file, stamp, left: stamp.size, rest: Vec::new() })
            }
        }
    }

    /// Read and cut the next section of a large file.
    pub fn section(&self, mut cursor: Cursor) -> Result<Cut<'a>, BundleError> {
        self.watch.check()?;
        let before = cursor.rest.len();
        let step = usize::try_from(cursor.left).unwrap_or(usize::MAX).min(SECTION_BYTES - before);
        let mut buffer = self.buffers.take(before + step);
        buffer.bytes[..before].copy_from_slice(&cursor.rest);
        let offset = cursor.stamp.size - cursor.left;
        let read = read_exact_at(&cursor.file, &mut buffer.bytes[before..before + step], offset);
        read.map_err(BundleError::read(&cursor.path))?;
        cursor.left -= step as u64;
        if cursor.left == 0 {
            check_unchanged(&cursor.file, &cursor.stamp, &cursor.path)?;
        }
        let section = &buffer[..before + step];
        // Where the file shrank to nearly nothing since it was listed, one section is all of it, and cut like one.
        let is_whole = cursor.left == 0 && cursor.stamp.size <= section.len() as u64;
        let pieces = if is_whole { pieces(section) } else { pieces_of_section(section, cursor.left == 0) };
        let end: usize = pieces.iter().map(|piece| piece.length as usize).sum();
        cursor.rest = section[end..].to_vec();
        let files = vec![CutFile { number: cursor.number, stamp: cursor.stamp, begin: 0, pieces }];
        Ok(Cut { buffer: Arc::new(buffer), files, more: (cursor.left > 0).then_some(cursor) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::{list, thread_pool};
    use std::fs;

    fn noise(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        blake3::Hasher::new().finalize_xof().fill(&mut bytes);
        bytes
    }

    /// List a folder of one file, let `change` do something to it, then cut it.
    fn cut_after(content: &[u8], change: impl FnOnce(&Path)) -> Result<Vec<Piece>, BundleError> {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, content).unwrap();
        let (watch, buffers) = (Watch::new(), Buffers::default());
        let listing = list(root.path(), &thread_pool(Some(1)).unwrap(), &watch).unwrap();
        change(&path);
        let cutter = Cutter { root: root.path(), listed: &listing.files, buffers: &buffers, watch: &watch };
        let mut cut = cutter.window(&[0])?;
        let mut found = Vec::new();
        loop {
            found.extend(cut.files.into_iter().flat_map(|file| file.pieces));
            let Some(cursor) = cut.more else { return Ok(found) };
            cut = cutter.section(cursor)?;
        }
    }

    #[test]
    fn a_large_file_is_cut_as_if_it_were_read_at_once() {
        for length in [0, 1_000, SECTION_BYTES, SECTION_BYTES + 1, 2 * SECTION_BYTES + 300_000] {
            let content = noise(length);
            assert!(pieces(&content) == cut_after(&content, |_| {}).unwrap(), "{length}");
        }
    }

    #[test]
    fn a_file_that_changes_its_length_is_cut_as_it_is_or_refused() {
        let shorter = |length: u64| {
            move |path: &Path| fs::File::options().write(true).open(path).unwrap().set_len(length).unwrap()
        };
        for (before, after) in [(100, 90), (100, 200_000), (SECTION_BYTES + 10, 50_000), (100, SECTION_BYTES)]
        {
            let mut content = noise(before);
            let found = cut_after(&content, shorter(after as u64)).unwrap();
            content.resize(after, 0);
            assert!(pieces(&content) == found, "{before} {after}");
        }
        assert!(cut_after(b"gone", |path| fs::remove_file(path).unwrap()).unwrap().is_empty());
        assert!(
            cut_after(&noise(SECTION_BYTES + 1), |path| fs::remove_file(path).unwrap()).unwrap().is_empty()
        );
    }

    #[test]
    fn a_file_that_grew_too_much_to_be_read_at_once_is_refused() {
        let grow =
            |path: &Path| fs::File::options().write(true).open(path).unwrap().set_len(1 << 40).unwrap();
        let result = cut_after(b"small", grow);
        assert!(matches!(result, Err(BundleError::Hashing(HashingError::Changed(_)))), "{result:?}");
    }

    #[test]
    fn a_large_file_that_is_written_to_between_two_sections_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        fs::write(&path, noise(2 * SECTION_BYTES)).unwrap();
        let (watch, buffers) = (Watch::new(), Buffers::default());
        let listing = list(root.path(), &thread_pool(Some(1)).unwrap(), &watch).unwrap();
        let cutter = Cutter { root: root.path(), listed: &listing.files, buffers: &buffers, watch: &watch };
        let mut cut = cutter.window(&[0]).unwrap();
        fs::File::options().append(true).open(&path).unwrap().set_len(3 * SECTION_BYTES as u64).unwrap();
        let result = loop {
            match cut.more.map(|cursor| cutter.section(cursor)) {
                Some(Ok(next)) => cut = next,
                other => break other.map(|result| result.map(|_| ())),
            }
        };
        assert!(matches!(result, Some(Err(BundleError::Hashing(HashingError::Changed(_))))), "{result:?}");
    }

    #[test]
    fn memory_is_used_again() {
        let buffers = Buffers::default();
        let first = buffers.take(10).as_ptr();
        assert_eq!(first, buffers.take(5).as_ptr());
        assert_eq!(20, buffers.take(20).len());
    }
}
