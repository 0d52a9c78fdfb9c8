//! A table that several processes share: a file without a name, made whole and sealed before anyone sees it.
//!
//! Its memory is reserved at once, so that no later access can fail for want of it, and its length is sealed,
//! so that nobody who holds the descriptor can take the memory away under the others. It has no path: who was
//! not handed the descriptor cannot open it, and it is gone with the last process that has it.

use std::fs;
use std::os::fd::{OwnedFd, RawFd};

use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, fstat, ftruncate,
    memfd_create,
};

use super::available::{self, check_room};
use super::header::{HEADER_WORDS, Header};
use super::machine::Cells;
use super::raw::mapping::{Mapping, Sealed, duplicate};
use super::{TableError, peers};
use crate::keys::names::Epoch;

const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);

fn failed(doing: &'static str) -> impl Fn(rustix::io::Errno) -> TableError {
    move |error| TableError::System { doing, source: error.into() }
}

/// A sealed file of `words` zero words, and its mapping.
pub(super) fn create(words: usize) -> Result<(OwnedFd, Mapping), TableError> {
    let bytes = words as u64 * 8;
    check_room(bytes, available::bytes())?;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know the flag; the memory is never executed either way.
    let file = memfd_create("toolboxai-table", flags | MemfdFlags::NOEXEC_SEAL)
        .or_else(|_| memfd_create("toolboxai-table", flags))
        .map_err(failed("make its memory"))?;
    ftruncate(&file, bytes).map_err(failed("set the length of its memory"))?;
    fallocate(&file, FallocateFlags::empty(), 0, bytes).map_err(failed("reserve its memory"))?;
    fcntl_add_seals(&file, SEALS).map_err(failed("seal its memory"))?;
    map(file, words)
}

/// The mapping of a table that was handed over as `number`, and its header; the descriptor stays the caller's.
pub(super) fn open(number: RawFd, epoch: Epoch) -> Result<(OwnedFd, Mapping, Header), TableError> {
    let file =
        duplicate(number).map_err(|source| TableError::System { doing: "use the descriptor", source })?;
    // Files that cannot be sealed at all do not answer this.
    let seals = fcntl_get_seals(&file).map_err(|_| TableError::Foreign)?;
    if !seals.contains(SEALS) {
        return Err(TableError::Unsealed);
    }
    let length = fstat(&file).map_err(failed("read the length of its memory"))?.st_size;
    let words = usize::try_from(length / 8).unwrap_or(0);
    if words < HEADER_WORDS || length % 8 != 0 {
        return Err(TableError::Foreign);
    }
    let (file, mapping) = map(file, words)?;
    let head: Vec<u64> = (0..HEADER_WORDS).map(|at| mapping.load(at)).collect();
    let header = Header::read(&head, words)?;
    header.expect(epoch, boot_id()?, namespaces()?)?;
    Ok((file, mapping, header))
}

fn map(file: OwnedFd, words: usize) -> Result<(OwnedFd, Mapping), TableError> {
    let sealed = Sealed(file);
    let mapping = Mapping::new(&sealed, words)
        .map_err(|source| TableError::System { doing: "map its memory", source })?;
    Ok((sealed.0, mapping))
}

pub(super) fn boot_id() -> Result<[u8; 16], TableError> {
    let system = |source| TableError::System { doing: "read the machine's boot id", source };
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").map_err(system)?;
    parse_uuid(text.trim_end()).ok_or_else(|| system(std::io::ErrorKind::InvalidData.into()))
}

pub(super) fn namespaces() -> Result<u64, TableError> {
    peers::namespaces().map_err(|source| TableError::System { doing: "read the namespaces it is in", source })
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    let number = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
    Some(number.to_be_bytes())
}
