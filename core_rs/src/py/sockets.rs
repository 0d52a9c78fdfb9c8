//! Writes to many sockets: the interpreter goes on with other threads meanwhile.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::sockets::{self, Short};

fn told(short: Vec<Short>) -> Vec<(usize, usize)> {
    short.into_iter().map(|one| (one.index, one.taken)).collect()
}

#[pyfunction]
fn send_to_all(py: Python<'_>, numbers: Vec<i32>, data: PyBackedBytes) -> Vec<(usize, usize)> {
    py.detach(move || told(sockets::send(numbers.into_iter().map(|socket| (socket, &*data)))))
}

#[pyfunction]
fn send_each(py: Python<'_>, parcels: Vec<(i32, PyBackedBytes)>) -> Vec<(usize, usize)> {
    py.detach(move || told(sockets::send(parcels.iter().map(|(socket, data)| (*socket, &**data)))))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(send_to_all, module)?)?;
    module.add_function(wrap_pyfunction!(send_each, module)?)
}
