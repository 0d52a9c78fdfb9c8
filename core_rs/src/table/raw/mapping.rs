//! Mapped memory as a slice of atomic words.

use std::io;
use std::ops::Deref;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::AtomicU64;

use rustix::mm::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};

/// Memory that other processes may read and write too.
#[derive(Debug)]
pub(in crate::table) struct Mapping {
    start: NonNull<AtomicU64>,
    words: usize,
}

// SAFETY: the mapping is only ever read and written through `AtomicU64`, by any number of threads, and it
// belongs to no thread in particular.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

const READ_AND_WRITE: ProtFlags = ProtFlags::READ.union(ProtFlags::WRITE);

impl Mapping {
    /// Words of zero that belong to this process and to those that it forks.
    pub(in crate::table) fn without_a_file(words: usize) -> io::Result<Self> {
        let bytes = words.checked_mul(8).ok_or(io::ErrorKind::OutOfMemory)?;
        // Filled at once, as far as there is room, so that no request waits for it.
        let flags = MapFlags::SHARED | MapFlags::POPULATE;
        // SAFETY: the address is the kernel's choice, so nothing that is in use is mapped over.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), bytes, READ_AND_WRITE, flags) }?;
        Self::at(start, words)
    }

    /// Map the first `words` words of a file that is that long and can never become shorter.
    ///
    /// `Sealed` says so: without its promise a file that shrinks would end this process at its next access.
    pub(in crate::table) fn new(file: &Sealed, words: usize) -> io::Result<Self> {
        // SAFETY: the address is the kernel's choice, so nothing that is in use is mapped over.
        let start =
            unsafe { mmap(ptr::null_mut(), words * 8, READ_AND_WRITE, MapFlags::SHARED, &file.0, 0) }?;
        Self::at(start, words)
    }

    fn at(start: *mut std::ffi::c_void, words: usize) -> io::Result<Self> {
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, words })
    }
}

impl Deref for Mapping {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        // SAFETY: `start` is the start of a page and of `words` words that stay mapped as long as `self` lives. They
        // stay backed: a file is sealed against shrinking, and without a file there is nothing that could shrink.
        // Every bit pattern is an `AtomicU64`. Other processes change the words, through atomics too, which is
        // what atomics allow.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.words) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: whichever way `self` was made, exactly this was mapped, and no borrow of it outlives `self`. An
        // error would mean that it is not mapped, which leaves nothing to do.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.words * 8) };
    }
}

/// A file whose length was found to be sealed. Only `shared` makes one, after it looked.
#[derive(Debug)]
pub(in crate::table) struct Sealed(pub(in crate::table) OwnedFd);

/// A descriptor of one's own for what `number` stands for.
pub(in crate::table) fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the number is not -1, and it is used for nothing but one system call, which says so if it is
    // not open. The caller handed it over as open, so nobody closes it during that call.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(rustix::io::fcntl_dupfd_cloexec(borrowed, 3)?)
}
