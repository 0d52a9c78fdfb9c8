//! One memory for what must be exact: the windows of sessions, what was spent, and the limits.
//!
//! A table lives in the memory of one process, or (Linux) in memory that the supervisor makes and its workers
//! open from a descriptor. Layout and code are the same for both. It is lock-free throughout: a process that
//! is stopped or killed at any instruction leaves nothing that another has to repair before it can go on.
//!
//! A table serves for four years; then what counts in its seconds refuses instead of wrapping round.

#[cfg(target_os = "linux")]
mod available;
pub(crate) mod clock;
mod error;
pub mod header;
pub(crate) mod machine;
mod memory;
mod peers;
pub(crate) mod plan;
pub(crate) mod probes;
mod raw;
#[cfg(target_os = "linux")]
mod shared;

#[cfg(target_os = "linux")]
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::keys::names::Epoch;
use crate::replay::{TableShape, slots::Slots};
pub use error::TableError;
use header::Header;
use machine::{Cells, Machine, Peer};
use memory::Memory;
use plan::Plan;
pub use plan::{LIMITS_MOST, SESSIONS_MOST, SPENT_MOST};

/// How much a table holds at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Sessions, those included whose end was less than two minutes ago. 319 bytes each.
    pub sessions: u32,
    /// Challenges and tickets that were spent and could still be valid. 16 bytes each.
    pub spent: u32,
    /// Addresses, sessions, accounts, tenants and routes in debt to a limit. 16 bytes each.
    pub limits: u32,
}

impl Default for Sizes {
    /// Half a megabyte: one machine with a few people on it.
    fn default() -> Self {
        Self { sessions: 1_024, spent: 4_096, limits: 8_192 }
    }
}

/// The memory and what stands where in it.
#[derive(Debug)]
pub struct Table {
    memory: Memory,
    header: Header,
    plan: Plan,
}

impl Table {
    /// A table in the memory of this process. On Linux a process that it forks has the same table.
    pub fn in_process(sizes: Sizes) -> Result<Self, TableError> {
        let plan = Plan::new(sizes)?;
        let header = new_header(sizes, [0; 16], 0)?;
        Ok(Self::written(Memory::in_process(plan.words)?, header, plan))
    }

    /// A table for several processes. Linux only.
    #[cfg(target_os = "linux")]
    pub fn create_shared(sizes: Sizes) -> Result<Self, TableError> {
        let plan = Plan::new(sizes)?;
        let header = new_header(sizes, shared::boot_id()?, shared::namespaces()?)?;
        let (file, mapping) = shared::create(plan.words)?;
        Ok(Self::written(Memory::Shared { file, mapping }, header, plan))
    }

    /// The table behind a descriptor that the supervisor handed over together with its epoch. Linux only.
    ///
    /// The descriptor is duplicated: the caller keeps its own.
    #[cfg(target_os = "linux")]
    pub fn open_shared(descriptor: RawFd, epoch: Epoch) -> Result<Self, TableError> {
        let (file, mapping, header) = shared::open(descriptor, epoch)?;
        let plan = Plan::new(header.sizes).map_err(|_| TableError::Damaged)?;
        if plan.words != mapping.len() {
            return Err(TableError::Damaged);
        }
        Ok(Self { memory: Memory::Shared { file, mapping }, header, plan })
    }

    /// A table for several processes: not on this platform, where one process serves alone.
    #[cfg(not(target_os = "linux"))]
    pub fn create_shared(_: Sizes) -> Result<Self, TableError> {
        Err(TableError::Platform)
    }

    /// As `create_shared`.
    #[cfg(not(target_os = "linux"))]
    pub fn open_shared(_: i32, _: Epoch) -> Result<Self, TableError> {
        Err(TableError::Platform)
    }

    fn written(memory: Memory, header: Header, plan: Plan) -> Self {
        for (at, word) in header.write(plan.words).into_iter().enumerate() {
            memory.cells().store(at, word);
        }
        Self { memory, header, plan }
    }

    /// The descriptor to hand to workers; none where the table is in process memory.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match &self.memory {
            Memory::Shared { file, .. } => Some(file.as_fd()),
            Memory::Process(_) => None,
        }
    }

    /// What the table says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// One life of the store.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.header.epoch
    }

    /// The table's clock: seconds since it was made. Wall time never enters it.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.view().seconds()
    }

    /// The number of revocations so far. A record cached under another number is out of date.
    #[inline]
    #[must_use]
    pub fn revocations(&self) -> u64 {
        self.memory.cells().load(header::REVOCATIONS)
    }

    /// Tell all processes that rights were withdrawn; the new number.
    #[expect(clippy::must_use_candidate, reason = "the number is rarely of interest")]
    pub fn revoke(&self) -> u64 {
        self.memory.cells()[header::REVOCATIONS].fetch_add(1, SeqCst) + 1
    }

    /// Bytes of memory that the table takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.plan.words * 8
    }

    pub(crate) fn slots(&self) -> &Slots<TableShape> {
        &self.plan.slots
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        View { cells: self.memory.cells(), start: self.header.start }
    }
}

/// A table as the algorithms see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    cells: &'a [AtomicU64],
    start: Duration,
}

impl Cells for View<'_> {
    #[inline]
    fn load(&self, at: usize) -> u64 {
        self.cells.load(at)
    }

    #[inline]
    fn store(&self, at: usize, value: u64) {
        self.cells.store(at, value);
    }

    #[inline]
    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        self.cells.swap_if(at, seen, new)
    }

    #[inline]
    fn prefetch(&self, at: usize) {
        self.cells.prefetch(at);
    }
}

impl Machine for View<'_> {
    #[inline]
    fn now(&self) -> Duration {
        clock::reading().saturating_sub(self.start)
    }

    fn me(&self) -> Peer {
        peers::me()
    }

    fn is_dead(&self, peer: Peer) -> bool {
        peers::has_ended(peer)
    }
}

fn new_header(sizes: Sizes, boot: [u8; 16], namespaces: u64) -> Result<Header, TableError> {
    let mut random = [0; 40];
    getrandom::fill(&mut random)
        .map_err(|error| TableError::System { doing: "draw random numbers", source: error.into() })?;
    let (mut epoch, mut secret) = ([0; 8], [0; 32]);
    epoch.copy_from_slice(&random[..8]);
    secret.copy_from_slice(&random[8..]);
    let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let start = clock::reading();
    Ok(Header { sizes, epoch: Epoch(u64::from_le_bytes(epoch)), boot, created, start, secret, namespaces })
}

#[cfg(test)]
mod tests;
