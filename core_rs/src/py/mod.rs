//! The binding: converts, detaches, calls. One file per pure module, each with its `register`.

use pyo3::prelude::*;

mod admit;
mod build_facts;
mod bundle;
mod canonical;
mod error;
mod hashing;
mod json;
mod keys;
mod limits;
mod project;
mod prover;
mod sockets;
mod table;
mod watched;
mod watching;

#[pymodule(gil_used = false)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    admit::register(module)?;
    build_facts::register(module)?;
    bundle::register(module)?;
    canonical::register(module)?;
    error::register(module)?;
    hashing::register(module)?;
    json::register(module)?;
    keys::register(module)?;
    limits::register(module)?;
    project::register(module)?;
    prover::register(module)?;
    sockets::register(module)?;
    table::register(module)?;
    watching::register(module)?;
    Ok(())
}
