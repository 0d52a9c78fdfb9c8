//! `watching` for Python.
#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use super::error::FileFailed;
use crate::watching::{Burst, Fault, Watching};

/// How often Ctrl-C is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// No project is made of what is in it, and each commit changes it a hundred times.
const GIT: &str = ".git";

fn unwatched(error: impl std::fmt::Display) -> PyErr {
    FileFailed::new_err(format!("changes cannot be watched: {error}"))
}

/// Watches folders with all that is below them.
#[pyclass(frozen, name = "Watching", module = "core_rs")]
struct PyWatching(Watching);

#[pymethods]
impl PyWatching {
    /// What changes after this returns is told.
    #[new]
    fn new(py: Python<'_>, folders: Vec<PathBuf>) -> PyResult<Self> {
        let wanted = |folder: &Path| folder.file_name().is_none_or(|name| name != GIT);
        let watching = py.detach(|| Watching::start(&folders, wanted));
        watching.map(Self).map_err(unwatched)
    }

    /// Watch one more folder, or one that was gone; then it is told as changed.
    fn add(&self, folder: PathBuf) -> PyResult<()> {
        self.0.add(&folder).map_err(unwatched)
    }

    /// What changed since the last time, as soon as there is something; None after `seconds` without.
    fn wait(&self, py: Python<'_>, seconds: f64) -> PyResult<Option<PyBurst>> {
        let whole = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let begin = Instant::now();
        loop {
            let left = whole.saturating_sub(begin.elapsed());
            let burst = py.detach(|| self.0.next(left.min(LOOK_EVERY)));
            py.check_signals()?;
            if burst.is_some() || left.is_zero() {
                return Ok(burst.map(PyBurst));
            }
        }
    }
}

/// What changed together.
#[pyclass(frozen, name = "Burst", module = "core_rs")]
struct PyBurst(Burst);

#[pymethods]
impl PyBurst {
    /// To be looked at again.
    #[getter]
    fn folders(&self) -> Vec<OsString> {
        self.0.folders.iter().map(|folder| folder.as_os_str().to_owned()).collect()
    }

    /// Whether changes were lost, so that everything has to be looked at.
    #[getter]
    fn needs_rescan(&self) -> bool {
        self.0.needs_rescan
    }

    /// Folders that were asked for and are not there; they have to be added again.
    #[getter]
    fn gone(&self) -> Vec<OsString> {
        let gone = |fault: &Fault| match fault {
            Fault::RootGone(folder) => Some(folder.as_os_str().to_owned()),
            _ => None,
        };
        self.0.faults.iter().filter_map(gone).collect()
    }

    /// Sentences on what keeps changes from being seen.
    #[getter]
    fn faults(&self) -> Vec<String> {
        self.0.faults.iter().map(ToString::to_string).collect()
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyWatching>()?;
    module.add_class::<PyBurst>()
}
