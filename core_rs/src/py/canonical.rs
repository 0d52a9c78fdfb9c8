//! `canonical` for Python.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::build::dom;
use crate::canonical::{InDom, Proof, hash};
use crate::tree::Node;

/// What the hash of a tree says, and what it says nothing of.
#[pyclass(frozen, name = "TreeHash", module = "core_rs")]
pub(super) struct PyTreeHash(Proof);

impl PyTreeHash {
    /// Hash the tree as it is built, with every reference set. It takes a while, so a thread does it that is detached.
    pub fn of(root: &Arc<Node>) -> Self {
        let dom = dom(root);
        // The root of a dom is in it.
        Self(InDom::new(&dom, dom.root_ref()).map_or_else(|| hash(&**root), hash))
    }
}

#[pymethods]
impl PyTreeHash {
    /// 32 bytes, equal where the trees are.
    #[getter]
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.digest)
    }

    /// How many there are, with the root.
    #[getter]
    fn instances(&self) -> usize {
        self.0.instances
    }

    /// The names on the way to an instance, one of its properties (or an attribute behind `@`), and why.
    #[getter]
    fn not_proven(&self) -> Vec<(Vec<String>, String, &'static str)> {
        let all = self.0.not_proven.iter();
        all.map(|(path, one)| (path.clone(), one.name.clone(), one.reason.code())).collect()
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyTreeHash>()
}
