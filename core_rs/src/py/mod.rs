//! The binding: converts, detaches, calls. One file per pure module, each with its `register`.

use pyo3::prelude::*;

mod build_facts;
mod hashing;

#[pymodule(gil_used = false)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    build_facts::register(module)?;
    hashing::register(module)?;
    Ok(())
}
