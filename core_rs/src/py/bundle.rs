//! `bundle` for Python.
#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use super::hashing::{PyMemo, pairs};
use super::watched::watched;
use crate::bundle::{
    self, Blob, Bundle, BundleError, DEFAULT_MOST_READ_BYTES, DEFAULT_MOST_UNPACKED_BYTES, Entry, Kind,
    PackOptions, Packed, UnpackOptions,
};
use crate::watch::Watch;

const KEY_BYTES: usize = 32;

fn key(bytes: Option<&[u8]>) -> PyResult<Option<[u8; KEY_BYTES]>> {
    let wrong = |_| PyValueError::new_err(format!("a key has {KEY_BYTES} bytes"));
    bytes.map(|bytes| bytes.try_into().map_err(wrong)).transpose()
}

/// One path of a version.
#[pyclass(frozen, name = "BundleEntry", module = "core_rs")]
struct PyEntry {
    #[pyo3(get)]
    path: String,
    #[pyo3(get)]
    kind: &'static str,
    #[pyo3(get)]
    size: u64,
    chunks: Vec<[u8; 32]>,
}

#[pymethods]
impl PyEntry {
    /// The BLAKE3 digests of the file's chunks; of the file itself where there is one.
    #[getter]
    fn chunks<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.chunks.iter().map(|digest| PyBytes::new(py, digest)).collect()
    }
}

/// An open bundle.
#[pyclass(frozen, name = "Bundle", module = "core_rs")]
struct PyBundle(Bundle);

impl PyBundle {
    fn entry(&self, entry: &Entry) -> PyEntry {
        let manifest = self.0.manifest();
        PyEntry {
            path: entry.path.to_string(),
            kind: match entry.kind {
                Kind::File => "file",
                Kind::Executable => "executable",
                Kind::EmptyFolder => "folder",
            },
            size: manifest.size(entry),
            chunks: manifest.references(entry).iter().map(|number| manifest.chunk(*number).digest).collect(),
        }
    }
}

fn inner(bundles: Option<&Vec<Py<PyBundle>>>) -> Vec<&Bundle> {
    bundles.into_iter().flatten().map(|bundle| &bundle.get().0).collect()
}

#[pymethods]
impl PyBundle {
    /// Open the bundle at `path` and check its index; packs are checked when they are read.
    #[staticmethod]
    #[pyo3(signature = (path, *, most_unpacked_bytes=None))]
    fn open(py: Python<'_>, path: PathBuf, most_unpacked_bytes: Option<u64>) -> PyResult<Self> {
        let cap = most_unpacked_bytes.unwrap_or(DEFAULT_MOST_UNPACKED_BYTES);
        Ok(Self(py.detach(|| Bundle::open(&path, cap))?))
    }

    #[getter]
    fn name<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.name())
    }

    #[getter]
    fn base<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.base().map(|name| PyBytes::new(py, name))
    }

    /// The public key that the bundle says it is signed with; only `check_signature` tells whether that is so.
    #[getter]
    fn signer<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.signature().map(|signature| PyBytes::new(py, &signature.key))
    }

    #[getter]
    fn total_bytes(&self) -> u64 {
        self.0.manifest().total_bytes()
    }

    #[getter]
    fn chunks(&self) -> usize {
        self.0.manifest().chunks().len()
    }

    #[getter]
    fn carried_chunks(&self) -> usize {
        self.0.carried_chunks()
    }

    #[getter]
    fn packs(&self) -> usize {
        self.0.packs()
    }

    fn __len__(&self) -> usize {
        self.0.manifest().entries().len()
    }

    fn entries(&self) -> Vec<PyEntry> {
        self.0.manifest().entries().iter().map(|entry| self.entry(entry)).collect()
    }

    /// Raise unless the owner of the public key `trusted` signed this version.
    fn check_signature(&self, trusted: &[u8]) -> PyResult<()> {
        let trusted = key(Some(trusted))?.unwrap_or_default();
        Ok(self.0.check_signature(&trusted)?)
    }

    /// Check every chunk that the version needs; returns how many files and bytes it has.
    #[pyo3(signature = (*, bases=None, trusted=None, threads=None, progress=None))]
    fn verify(
        &self,
        py: Python<'_>,
        bases: Option<Vec<Py<PyBundle>>>,
        trusted: Option<&[u8]>,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(usize, u64)> {
        let trusted = key(trusted)?;
        let verify = |watch: &Watch| {
            let bases = inner(bases.as_ref());
            let options = UnpackOptions {
                bases: &bases,
                trusted: trusted.as_ref(),
                threads,
                ..UnpackOptions::default()
            };
            bundle::verify(&self.0, &options, watch)
        };
        let verified = watched(py, progress.as_ref(), verify)??;
        Ok((verified.files, verified.bytes))
    }

    /// Unpack to `target`, which must be free or an empty folder; returns how many files and bytes were written.
    #[pyo3(signature = (
        target, *, bases=None, trusted=None, any_name=false, durable=false, threads=None, progress=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn unpack(
        &self,
        py: Python<'_>,
        target: PathBuf,
        bases: Option<Vec<Py<PyBundle>>>,
        trusted: Option<&[u8]>,
        any_name: bool,
        durable: bool,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(usize, u64)> {
        let trusted = key(trusted)?;
        let unpack = |watch: &Watch| {
            let bases = inner(bases.as_ref());
            let options =
                UnpackOptions { bases: &bases, trusted: trusted.as_ref(), threads, any_name, durable };
            bundle::unpack(&self.0, &target, &options, watch)
        };
        let unpacked = watched(py, progress.as_ref(), unpack)??;
        Ok((unpacked.files, unpacked.bytes))
    }

    /// The content of one file, which may have `most_bytes`.
    #[pyo3(signature = (path, *, bases=None, most_bytes=None, progress=None))]
    fn read<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        bases: Option<Vec<Py<PyBundle>>>,
        most_bytes: Option<u64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let cap = most_bytes.unwrap_or(DEFAULT_MOST_READ_BYTES);
        let read = |watch: &Watch| bundle::read_file(&self.0, &inner(bases.as_ref()), path, cap, watch);
        Ok(PyBytes::new(py, &watched(py, progress.as_ref(), read)??))
    }
}

/// What packing made.
#[pyclass(frozen, name = "Packed", module = "core_rs")]
struct PyPacked(Packed);

#[pymethods]
impl PyPacked {
    #[getter]
    fn name<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.name)
    }

    #[getter]
    fn bytes(&self) -> u64 {
        self.0.bytes
    }

    #[getter]
    fn packs(&self) -> usize {
        self.0.packs
    }

    #[getter]
    fn chunks(&self) -> usize {
        self.0.chunks
    }

    #[getter]
    fn carried_chunks(&self) -> usize {
        self.0.carried_chunks
    }

    #[getter]
    fn files(&self) -> usize {
        self.0.files
    }

    #[getter]
    fn entries(&self) -> usize {
        self.0.entries
    }

    /// The public key that it is signed with.
    #[getter]
    fn signer<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.signer.as_ref().map(|key| PyBytes::new(py, key))
    }

    #[getter]
    fn total_bytes(&self) -> u64 {
        self.0.total_bytes
    }

    #[getter]
    fn files_read(&self) -> usize {
        self.0.files_read
    }

    #[getter]
    fn skipped(&self) -> Vec<(&str, &str)> {
        pairs(&self.0.skipped)
    }
}

/// Write a bundle of the folder `root` to `out`.
#[pyfunction]
#[pyo3(signature = (
    root, out, *, base=None, memo=None, seed=None, any_name=false, durable=false, threads=None, progress=None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
fn pack_folder(
    py: Python<'_>,
    root: PathBuf,
    out: PathBuf,
    base: Option<Py<PyBundle>>,
    memo: Option<Py<PyMemo>>,
    seed: Option<&[u8]>,
    any_name: bool,
    durable: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyPacked> {
    let seed = key(seed)?;
    let pack = |watch: &Watch| {
        let base = base.as_ref().map(|base| &base.get().0);
        let options = PackOptions { base, memo: None, seed: seed.as_ref(), any_name, threads, durable };
        match &memo {
            Some(memo) => memo.get().with(|memo| {
                bundle::pack_folder(&root, &out, PackOptions { memo: Some(memo), ..options }, watch)
            }),
            None => bundle::pack_folder(&root, &out, options, watch),
        }
    };
    Ok(PyPacked(watched(py, progress.as_ref(), pack)??))
}

/// Write a bundle of `blobs`, pairs of a path and its content, to `out`.
#[pyfunction]
#[pyo3(signature = (blobs, out, *, base=None, seed=None, any_name=false, durable=false, threads=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
fn pack_blobs(
    py: Python<'_>,
    blobs: Vec<(String, PyBackedBytes)>,
    out: PathBuf,
    base: Option<Py<PyBundle>>,
    seed: Option<&[u8]>,
    any_name: bool,
    durable: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyPacked> {
    let seed = key(seed)?;
    let pack = |watch: &Watch| {
        let base = base.as_ref().map(|base| &base.get().0);
        let blobs = blobs
            .iter()
            .map(|(path, content)| Blob { path: path.clone(), content, executable: false })
            .collect();
        let options = PackOptions { base, memo: None, seed: seed.as_ref(), any_name, threads, durable };
        bundle::pack_blobs(blobs, &out, &options, watch)
    };
    Ok(PyPacked(watched(py, progress.as_ref(), pack)??))
}

/// Write to `out` what a reader that holds `old` needs for `new`; `bases` hold what `new` does not carry itself.
#[pyfunction]
#[pyo3(signature = (old, new, out, *, bases=None, durable=false, threads=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
fn bundle_delta(
    py: Python<'_>,
    old: Py<PyBundle>,
    new: Py<PyBundle>,
    out: PathBuf,
    bases: Option<Vec<Py<PyBundle>>>,
    durable: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyPacked> {
    let delta = |watch: &Watch| {
        let options = PackOptions { threads, durable, ..PackOptions::default() };
        bundle::delta(&old.get().0, &new.get().0, &inner(bases.as_ref()), &out, &options, watch)
    };
    Ok(PyPacked(watched(py, progress.as_ref(), delta)??))
}

/// Write to `out` the whole version that `bundle` and its `bases` hold together.
#[pyfunction]
#[pyo3(signature = (bundle, out, *, bases=None, durable=false, threads=None, progress=None))]
fn bundle_join(
    py: Python<'_>,
    bundle: Py<PyBundle>,
    out: PathBuf,
    bases: Option<Vec<Py<PyBundle>>>,
    durable: bool,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<PyPacked> {
    let join = |watch: &Watch| -> Result<Packed, BundleError> {
        let options = PackOptions { threads, durable, ..PackOptions::default() };
        bundle::join(&bundle.get().0, &inner(bases.as_ref()), &out, &options, watch)
    };
    Ok(PyPacked(watched(py, progress.as_ref(), join)??))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pack_folder, module)?)?;
    module.add_function(wrap_pyfunction!(pack_blobs, module)?)?;
    module.add_function(wrap_pyfunction!(bundle_delta, module)?)?;
    module.add_function(wrap_pyfunction!(bundle_join, module)?)?;
    module.add("MOST_UNPACKED_BYTES", DEFAULT_MOST_UNPACKED_BYTES)?;
    module.add_class::<PyBundle>()?;
    module.add_class::<PyEntry>()?;
    module.add_class::<PyPacked>()
}
