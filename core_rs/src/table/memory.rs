//! Where the words are.

#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::sync::atomic::AtomicU64;

use super::TableError;
#[cfg(target_os = "linux")]
use super::available;
#[cfg(target_os = "linux")]
use super::raw::mapping::Mapping;

/// Memory that nobody else can open.
///
/// On Linux a process that was forked has the same memory and not a copy of it, in which it would accept once more
/// what the other has accepted.
#[cfg(target_os = "linux")]
type Own = Mapping;
#[cfg(not(target_os = "linux"))]
type Own = heap::Heap;

#[derive(Debug)]
pub(super) enum Memory {
    /// Of the process that made it.
    Process(Own),
    /// Of all who hold the descriptor.
    #[cfg(target_os = "linux")]
    Shared { file: OwnedFd, mapping: Mapping },
}

impl Memory {
    pub fn in_process(words: usize) -> Result<Self, TableError> {
        #[cfg(target_os = "linux")]
        available::check_room((words as u64).saturating_mul(8), available::bytes())?;
        let own = Own::without_a_file(words);
        Ok(Self::Process(own.map_err(|source| TableError::System { doing: "reserve its memory", source })?))
    }

    #[inline]
    pub fn cells(&self) -> &[AtomicU64] {
        match self {
            Self::Process(own) => own,
            #[cfg(target_os = "linux")]
            Self::Shared { mapping, .. } => mapping,
        }
    }
}

#[cfg(any(test, not(target_os = "linux")))]
mod heap {
    use std::io;
    use std::ops::Deref;
    use std::sync::atomic::AtomicU64;

    /// A cache line.
    const LINE_BYTES: usize = 64;
    const LINE_WORDS: usize = LINE_BYTES / 8;

    /// The words begin `skip` cells in, at a cache line.
    #[derive(Debug)]
    pub(super) struct Heap {
        cells: Box<[AtomicU64]>,
        skip: usize,
        words: usize,
    }

    impl Heap {
        pub fn without_a_file(words: usize) -> io::Result<Self> {
            let mut cells = Vec::new();
            cells.try_reserve_exact(words.saturating_add(LINE_WORDS))?;
            cells.resize_with(words + LINE_WORDS, AtomicU64::default);
            let cells = cells.into_boxed_slice();
            let skip = cells.as_ptr().align_offset(LINE_BYTES).min(LINE_WORDS);
            Ok(Self { cells, skip, words })
        }
    }

    impl Deref for Heap {
        type Target = [AtomicU64];

        #[inline]
        fn deref(&self) -> &[AtomicU64] {
            &self.cells[self.skip..self.skip + self.words]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_at_a_cache_line_and_are_all_there() {
        for words in 1..20 {
            let (heap, memory) =
                (heap::Heap::without_a_file(words).unwrap(), Memory::in_process(words).unwrap());
            for cells in [&*heap, memory.cells()] {
                assert_eq!((words, 0), (cells.len(), cells.as_ptr().align_offset(64)));
                assert!(cells.iter().all(|cell| cell.load(std::sync::atomic::Ordering::SeqCst) == 0));
            }
        }
    }

    #[test]
    fn memory_that_cannot_be_had_is_an_error() {
        for words in [usize::MAX / 16, usize::MAX] {
            assert!(heap::Heap::without_a_file(words).is_err());
            let error = Memory::in_process(words).unwrap_err().to_string();
            assert!(error.starts_with("the table "), "{error}");
        }
    }
}
