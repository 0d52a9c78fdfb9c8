//! `hashing` for Python.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::hashing;

/// Below this the hash is over sooner than the interpreter can be let go and taken back.
const DETACH_FROM_BYTES: usize = 64 * 1024;

/// The BLAKE3 digest of `data`, 32 bytes.
#[pyfunction]
fn blake3<'py>(py: Python<'py>, data: &[u8]) -> Bound<'py, PyBytes> {
    let digest = if data.len() < DETACH_FROM_BYTES {
        hashing::blake3(data)
    } else {
        py.detach(|| hashing::blake3(data))
    };
    PyBytes::new(py, &digest)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(self::blake3, module)?)
}
