//! `table`, `replay` and `spent` for Python.
//!
//! Requests do not come this way: `admit` uses the table without a step through Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::keys::names::Epoch;
use crate::replay::{SlotRef, Verdict};
use crate::spent::Spending;
use crate::table::{self, Sizes};

/// Windows of sessions, what was spent, and limits, in the memory of one process or of several.
#[pyclass(frozen, module = "core_rs")]
pub(super) struct Table(pub Arc<table::Table>);

#[pymethods]
impl Table {
    #[staticmethod]
    #[pyo3(signature = (*, sessions=1_024, spent=4_096, limits=8_192))]
    fn in_process(py: Python<'_>, sessions: u32, spent: u32, limits: u32) -> PyResult<Self> {
        let sizes = Sizes { sessions, spent, limits };
        Ok(Self(Arc::new(py.detach(|| table::Table::in_process(sizes))?)))
    }

    #[staticmethod]
    #[pyo3(signature = (*, sessions=1_024, spent=4_096, limits=8_192))]
    fn create_shared(py: Python<'_>, sessions: u32, spent: u32, limits: u32) -> PyResult<Self> {
        let sizes = Sizes { sessions, spent, limits };
        Ok(Self(Arc::new(py.detach(|| table::Table::create_shared(sizes))?)))
    }

    #[staticmethod]
    fn open_shared(descriptor: i32, epoch: &str) -> PyResult<Self> {
        let epoch = Epoch::parse(epoch.as_bytes())
            .ok_or_else(|| PyValueError::new_err("an epoch is sixteen lower-case hex digits"))?;
        Ok(Self(Arc::new(table::Table::open_shared(descriptor, epoch)?)))
    }

    #[getter]
    fn descriptor(&self) -> Option<i32> {
        #[cfg(target_os = "linux")]
        return self.0.descriptor().map(|descriptor| std::os::fd::AsRawFd::as_raw_fd(&descriptor));
        #[cfg(not(target_os = "linux"))]
        None
    }

    #[getter]
    fn epoch(&self) -> String {
        self.0.epoch().to_string()
    }

    #[getter]
    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    #[getter]
    fn revocations(&self) -> u64 {
        self.0.revocations()
    }

    fn revoke(&self) -> u64 {
        self.0.revoke()
    }

    fn seconds(&self) -> u64 {
        self.0.seconds()
    }

    #[pyo3(signature = (sid, *, life_seconds, tag=0))]
    fn open_window(&self, sid: [u8; 16], life_seconds: u32, tag: u64) -> PyResult<u64> {
        Ok(self.0.open_window(&sid, life_seconds, tag)?.to_bits())
    }

    fn end_window(&self, sid: [u8; 16]) -> bool {
        self.0.end_window(&sid)
    }

    fn lookup(&self, sid: [u8; 16]) -> Option<(u64, u64, u64)> {
        self.0.lookup(&sid).map(|found| (found.slot.to_bits(), found.tag, found.ends))
    }

    fn accept(&self, slot: u64, number: u32) -> (&'static str, Option<u32>) {
        match self.0.accept(SlotRef::from_bits(slot), number) {
            Verdict::Fresh => ("fresh", None),
            Verdict::Replayed { next } => ("replayed", Some(next)),
            Verdict::TooOld { next } => ("too_old", Some(next)),
            Verdict::TooFar => ("too_far", None),
            Verdict::Gone => ("gone", None),
            Verdict::Ended => ("ended", None),
        }
    }

    fn spend(&self, token: &[u8], ends: u64) -> &'static str {
        match self.0.spend(token, ends) {
            Spending::Accepted => "accepted",
            Spending::Spent => "spent",
            Spending::Expired => "expired",
            Spending::TooLong => "too_long",
            Spending::Full => "full",
        }
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Table>()
}
