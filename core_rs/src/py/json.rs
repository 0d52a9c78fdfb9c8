//! `json` for Python.

use pyo3::prelude::*;

use crate::json;

#[pyfunction]
fn is_plain_json(text: &[u8]) -> bool {
    json::is_plain(text)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_plain_json, module)?)
}
