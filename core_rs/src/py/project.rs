//! `tree`, `build` and `sourcemap` for Python: a project that is open.
#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::canonical::PyTreeHash;
use super::error::BuildRefused;
use super::watched::watched;
use crate::build::{self, FORMATS, Format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::sourcemap;
use crate::tree::{Node, Reader, Tree};
use crate::watch::Watch;

/// One thing that a person can mend.
#[pyclass(frozen, name = "Diagnostic", module = "core_rs", eq, hash)]
#[derive(PartialEq, Eq, Hash)]
struct PyDiagnostic(Diagnostic);

#[pymethods]
impl PyDiagnostic {
    #[getter]
    fn path(&self) -> OsString {
        self.0.path.clone().into()
    }

    #[getter]
    fn line(&self) -> Option<u32> {
        self.0.place.map(|place| place.line)
    }

    #[getter]
    fn column(&self) -> Option<u32> {
        self.0.place.map(|place| place.column)
    }

    #[getter]
    fn severity(&self) -> &'static str {
        match self.0.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    #[getter]
    fn code(&self) -> &'static str {
        self.0.code
    }

    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    #[getter]
    fn help(&self) -> &str {
        &self.0.help
    }

    fn __repr__(&self) -> String {
        format!("<Diagnostic {}>", sentence(&self.0))
    }
}

/// A diagnostic as one sentence.
pub(super) fn sentence(told: &Diagnostic) -> String {
    let place = told.place.map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
    let help = if told.help.is_empty() { String::new() } else { format!(": {}", told.help) };
    format!("{}{place}: {}{help}", told.path.display(), told.message)
}

/// An instance of a tree, and how deep it is; the root has depth 0.
#[pyclass(frozen, name = "TreeInstance", module = "core_rs")]
struct PyInstance {
    node: Arc<Node>,
    #[pyo3(get)]
    depth: usize,
}

#[pymethods]
impl PyInstance {
    #[getter]
    fn name(&self) -> &str {
        &self.node.name
    }

    #[getter]
    fn class_name(&self) -> &str {
        &self.node.class
    }

    /// The files that make it.
    #[getter]
    fn files(&self) -> Vec<OsString> {
        self.node.origin.files.iter().map(|file| file.as_os_str().to_owned()).collect()
    }
}

/// A project that is open. It remembers what it read, so that a second look reads what changed.
#[pyclass(frozen, name = "Project", module = "core_rs")]
struct PyProject {
    reader: Mutex<Reader>,
    mapped: Mutex<sourcemap::Last>,
    folder: PathBuf,
}

impl PyProject {
    /// Called while the interpreter is free, for it may wait for a thread that reads.
    fn reader(&self) -> MutexGuard<'_, Reader> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tree as it is now; work on it keeps nobody from reading on.
    fn tree_now(&self) -> Tree {
        self.reader().tree().clone()
    }
}

#[pymethods]
impl PyProject {
    /// Read the project at `path`: its file, or the folder of its default.project.json.
    #[staticmethod]
    #[pyo3(signature = (path, *, progress=None))]
    fn open(py: Python<'_>, path: PathBuf, progress: Option<Py<PyAny>>) -> PyResult<Self> {
        let reader = watched(py, progress.as_ref(), |watch: &Watch| Reader::open(&path, watch))?;
        let reader = reader
            .map_err(super::error::stopped)?
            .map_err(|wrong| BuildRefused::new_err(sentence(&wrong)))?;
        Ok(Self {
            folder: reader.folder().to_path_buf(),
            reader: Mutex::new(reader),
            mapped: Mutex::default(),
        })
    }

    /// The name of the root instance.
    #[getter]
    fn name(&self, py: Python<'_>) -> String {
        py.detach(|| self.reader().tree().root.name.to_string())
    }

    /// The project file.
    #[getter]
    fn file(&self, py: Python<'_>) -> OsString {
        py.detach(|| self.reader().file().as_os_str().to_owned())
    }

    /// What is wrong with it, in the order of the paths and the places in them.
    #[getter]
    fn diagnostics(&self, py: Python<'_>) -> Vec<PyDiagnostic> {
        py.detach(|| self.reader().tree().diagnostics.iter().cloned().map(PyDiagnostic).collect())
    }

    /// The folders in which a change may change it.
    #[getter]
    fn folders(&self, py: Python<'_>) -> Vec<OsString> {
        py.detach(|| self.reader().folders().iter().map(|folder| folder.as_os_str().to_owned()).collect())
    }

    /// Look again at the folders `dirty`, or at all; says whether the tree or what is wrong with it is another.
    #[pyo3(signature = (dirty=None, *, progress=None))]
    fn refresh(
        &self,
        py: Python<'_>,
        dirty: Option<Vec<PathBuf>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<bool> {
        let refresh = |watch: &Watch| {
            let mut reader = self.reader();
            let before = reader.tree().clone();
            let tree = reader.refresh(dirty.as_deref(), watch)?;
            Ok(!Arc::ptr_eq(&before.root, &tree.root) || before.diagnostics != tree.diagnostics)
        };
        watched(py, progress.as_ref(), refresh)?.map_err(super::error::stopped)
    }

    /// Write it to `output`, which ends as its kind does if `kind` does not say it; returns how many instances it has.
    #[pyo3(signature = (output, kind=None, *, progress=None))]
    fn build(
        &self,
        py: Python<'_>,
        output: PathBuf,
        kind: Option<&str>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<usize> {
        let format = format(&output, kind)?;
        let build = |watch: &Watch| build::build(&self.tree_now(), &output, format, watch);
        Ok(watched(py, progress.as_ref(), build)??.instances)
    }

    /// Write its sourcemap to `output`, or return it where there is none.
    #[pyo3(signature = (output=None, *, include_non_scripts=false, absolute=false))]
    fn sourcemap(
        &self,
        py: Python<'_>,
        output: Option<PathBuf>,
        include_non_scripts: bool,
        absolute: bool,
    ) -> PyResult<Option<String>> {
        let options = sourcemap::Options { include_non_scripts, absolute };
        py.detach(|| {
            let root = self.tree_now().root;
            match output {
                Some(output) => {
                    let mut last = self.mapped.lock().unwrap_or_else(PoisonError::into_inner);
                    last.write(&root, &self.folder, options, &output).map(|_| None)
                }
                None => sourcemap::sourcemap(&root, &self.folder, options)
                    .map(|bytes| Some(String::from_utf8_lossy(&bytes).into_owned())),
            }
        })
        .map_err(Into::into)
    }

    /// Every instance, each before those below it.
    fn tree(&self, py: Python<'_>) -> Vec<PyInstance> {
        py.detach(|| {
            let mut left = vec![(self.tree_now().root, 0)];
            let mut all = Vec::new();
            while let Some((node, depth)) = left.pop() {
                left.extend(node.children.iter().rev().map(|child| (Arc::clone(child), depth + 1)));
                all.push(PyInstance { node, depth });
            }
            all
        })
    }

    /// The hash of the tree: equal trees have equal ones.
    fn tree_hash(&self, py: Python<'_>) -> PyTreeHash {
        py.detach(|| PyTreeHash::of(&self.tree_now().root))
    }
}

fn format(output: &Path, kind: Option<&str>) -> PyResult<Format> {
    let format = match kind {
        Some(kind) => Format::of_word(kind),
        None => Format::of_path(output),
    };
    format.ok_or_else(|| {
        let kinds = FORMATS.map(|(end, _)| end).join(", ");
        PyValueError::new_err(format!("a kind is one of {kinds}"))
    })
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyDiagnostic>()?;
    module.add_class::<PyInstance>()?;
    module.add_class::<PyProject>()
}
