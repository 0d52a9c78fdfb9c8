//! `hashing` for Python.
#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::watched::watched;
use crate::hashing::{self, Algorithm, Digest, Memo, Skipped, Tree, TreeOptions};
use crate::watch::Watch;

/// Below this the hash is over sooner than the interpreter can be let go and taken back.
const DETACH_FROM_BYTES: usize = 64 * 1024;

fn digest_of<'py>(
    py: Python<'py>,
    data: &[u8],
    hash: impl Fn(&[u8]) -> Digest + Send + Sync,
) -> Bound<'py, PyBytes> {
    let digest = if data.len() < DETACH_FROM_BYTES { hash(data) } else { py.detach(|| hash(data)) };
    PyBytes::new(py, &digest)
}

/// The BLAKE3 digest of `data`, 32 bytes.
#[pyfunction]
fn blake3<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    digest_of(py, data, hashing::blake3)
}

/// The SHA-256 digest of `data`, 32 bytes.
#[pyfunction]
fn sha256<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    digest_of(py, data, hashing::sha256)
}

fn algorithm_named(name: &str) -> PyResult<Algorithm> {
    match name {
        "blake3" => Ok(Algorithm::Blake3),
        "sha256" => Ok(Algorithm::Sha256),
        _ => Err(PyValueError::new_err(format!("the algorithm is blake3 or sha256, not {name}"))),
    }
}

/// The digest of the file at `path`.
#[pyfunction]
#[pyo3(signature = (path, *, algorithm="blake3", threads=None, progress=None))]
fn hash_file<'py>(
    py: Python<'py>,
    path: PathBuf,
    algorithm: &str,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let algorithm = algorithm_named(algorithm)?;
    // Over before a thread would have started.
    if let Some(digest) = py.detach(|| hashing::hash_small_file(&path, algorithm))? {
        return Ok(PyBytes::new(py, &digest));
    }
    let hash = |watch: &Watch| hashing::hash_file(&path, algorithm, threads, watch);
    Ok(PyBytes::new(py, &watched(py, progress.as_ref(), hash)??))
}

/// What is known of files from an earlier pass; belongs to one folder.
#[pyclass(frozen, name = "Memo", module = "core_rs")]
pub(super) struct PyMemo {
    memo: Mutex<Memo>,
    /// Why what was loaded could not be used.
    #[pyo3(get)]
    fault: Option<String>,
}

impl PyMemo {
    fn place(&self) -> MutexGuard<'_, Memo> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it holds now. Nobody waits for work that uses it: a callback may ask while that is under way.
    fn copy(&self) -> Memo {
        self.place().clone()
    }

    /// Let `work` use and change a copy, and keep that when the work is done; of two at once the later one is kept.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Memo) -> T) -> T {
        let mut memo = self.copy();
        let result = work(&mut memo);
        *self.place() = memo;
        result
    }
}

#[pymethods]
impl PyMemo {
    #[new]
    #[pyo3(signature = (*, algorithm="blake3"))]
    fn new(algorithm: &str) -> PyResult<Self> {
        Ok(Self { memo: Mutex::new(Memo::new(algorithm_named(algorithm)?)), fault: None })
    }

    /// The memo in the file at `path`; an empty one with a `fault` where that cannot be trusted.
    #[staticmethod]
    #[pyo3(signature = (path, *, algorithm="blake3"))]
    fn load(py: Python<'_>, path: PathBuf, algorithm: &str) -> PyResult<Self> {
        let algorithm = algorithm_named(algorithm)?;
        let (memo, fault) = py.detach(|| Memo::load(&path, algorithm));
        Ok(Self { memo: Mutex::new(memo), fault: fault.map(|fault| fault.to_string()) })
    }

    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let memo = self.copy();
        Ok(py.detach(|| memo.save(&path))?)
    }

    /// The paths whose content is not what the memo says although their stamps are.
    #[pyo3(signature = (root, *, threads=None, progress=None))]
    fn verify(
        &self,
        py: Python<'_>,
        root: PathBuf,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Vec<String>> {
        let memo = self.copy();
        let verify = |watch: &Watch| hashing::verify_memo(&memo, &root, threads, watch);
        Ok(watched(py, progress.as_ref(), verify)??)
    }

    fn __len__(&self) -> usize {
        self.place().len()
    }
}

/// The files of a folder and their digests.
#[pyclass(frozen, name = "Tree", module = "core_rs")]
struct PyTree(Tree);

#[pymethods]
impl PyTree {
    #[getter]
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.digest())
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> Vec<(&str, u64, Bound<'py, PyBytes>)> {
        self.0
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.size, PyBytes::new(py, &file.digest)))
            .collect()
    }

    #[getter]
    fn empty_folders(&self) -> Vec<&str> {
        self.0.empty_folders.iter().map(String::as_str).collect()
    }

    #[getter]
    fn skipped(&self) -> Vec<(&str, &str)> {
        pairs(&self.0.skipped)
    }

    #[getter]
    fn files_read(&self) -> usize {
        self.0.files_read
    }

    fn __len__(&self) -> usize {
        self.0.files.len()
    }
}

pub(super) fn pairs(skipped: &[Skipped]) -> Vec<(&str, &str)> {
    skipped.iter().map(|one| (one.path.as_str(), one.reason.text())).collect()
}

/// Hash every file below `root`.
#[pyfunction]
#[pyo3(signature = (root, *, algorithm="blake3", memo=None, threads=None, progress=None))]
fn hash_tree(
    py: Python<'_>,
    root: PathBuf,
    algorithm: &str,
    memo: Option<Py<PyMemo>>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyTree> {
    let algorithm = algorithm_named(algorithm)?;
    let hash = |watch: &Watch| {
        let hash = |memo: Option<&mut Memo>| {
            hashing::hash_tree(&root, TreeOptions { algorithm, memo, threads }, watch)
        };
        match &memo {
            Some(memo) => memo.get().with(|memo| hash(Some(memo))),
            None => hash(None),
        }
    };
    Ok(PyTree(watched(py, progress.as_ref(), hash)??))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(self::blake3, module)?)?;
    module.add_function(wrap_pyfunction!(sha256, module)?)?;
    module.add_function(wrap_pyfunction!(hash_file, module)?)?;
    module.add_function(wrap_pyfunction!(hash_tree, module)?)?;
    module.add_class::<PyMemo>()?;
    module.add_class::<PyTree>()
}
