//! The prover of `admit` for Python: one call a request before a store that is elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::admit::{
    Demand, Of, Principal, Proven, Told, Waiting, ask, demand, gather, hashed, in_use, policy, proven,
    versions,
};
use super::keys::{MacKey, key_id_of, session_use_named};
use super::limits::Limits;
use crate::admit::{self, Elsewhere};

/// Whose a session is, and what the store wants to find with it.
pub(super) struct Noted {
    pub principal: Principal,
    note: Py<PyAny>,
}

impl Told for Elsewhere {
    type Kept = Noted;

    fn whose<'py>(py: Python<'py>, kept: &Noted) -> Bound<'py, PyAny> {
        kept.note.bind(py).clone()
    }

    fn waiting(waiting: admit::Waiting<Self>) -> Waiting {
        Waiting(Of::Elsewhere(waiting))
    }

    fn proven(proven: admit::Proven<Noted, Self>) -> Proven {
        Proven(Of::Elsewhere(proven))
    }
}

/// One worker's prover.
#[pyclass(frozen, generic, module = "core_rs")]
struct Prover(admit::Prover<Noted>);

#[pymethods]
impl Prover {
    #[new]
    #[pyo3(signature = (limits, *, bridge_id, masters, address, remembered=65_536))]
    fn new(
        limits: &Limits,
        bridge_id: &[u8],
        masters: BTreeMap<u8, Vec<u8>>,
        address: &str,
        remembered: usize,
    ) -> PyResult<Self> {
        let (address, masters) = (policy(limits, address)?, in_use(bridge_id, masters)?);
        Ok(Self(admit::Prover::new(Arc::clone(&limits.0), address, masters, remembered)))
    }

    #[pyo3(signature = (class_policy, *, scopes=0))]
    fn demand(&self, class_policy: &str, scopes: u64) -> PyResult<Demand> {
        demand(self.0.limits(), class_policy, scopes)
    }

    #[pyo3(signature = (demand, address, method, target, headers, body, /))]
    fn prove<'py>(
        &self,
        demand: &Demand,
        address: &str,
        method: &Bound<'py, PyString>,
        target: &Bound<'py, PyString>,
        headers: &Bound<'py, PyTuple>,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let ask = ask(demand, address, gather(method, target, headers)?);
        proven(headers.py(), self.0.prove(&ask, body))
    }

    #[pyo3(signature = (demand, address, method, target, headers, /))]
    fn prove_head<'py>(
        &self,
        demand: &Demand,
        address: &str,
        method: &Bound<'py, PyString>,
        target: &Bound<'py, PyString>,
        headers: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let ask = ask(demand, address, gather(method, target, headers)?);
        proven(headers.py(), self.0.prove_head(&ask))
    }

    /// What waits, with what the store said that its revocations stand at.
    #[staticmethod]
    fn at(waiting: &Waiting, generation: u64) -> PyResult<Waiting> {
        Ok(Elsewhere::waiting(waiting.of_elsewhere()?.at(generation)))
    }

    #[pyo3(signature = (waiting, principal, *, note, scopes=0, revoked=false))]
    fn put_record(
        &self,
        waiting: &Waiting,
        principal: Principal,
        note: Py<PyAny>,
        scopes: u64,
        revoked: bool,
    ) -> PyResult<Proven> {
        let principal = Noted { principal, note };
        let record = admit::Record { principal, scopes, revoked, account: (), tenant: () };
        Ok(Elsewhere::proven(self.0.put_record(waiting.of_elsewhere()?, record)))
    }

    #[pyo3(signature = (proven, /))]
    fn recheck<'py>(&self, py: Python<'py>, proven: &Proven) -> PyResult<Bound<'py, PyTuple>> {
        self::proven(py, self.0.recheck(proven.of_elsewhere()?))
    }

    #[pyo3(signature = (proven, body, /))]
    fn prove_body<'py>(
        &self,
        py: Python<'py>,
        proven: &Proven,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let proven = proven.of_elsewhere()?;
        self::proven(py, hashed(py, body, || self.0.prove_body(proven, body)))
    }

    /// The note, the policy of the route, and the revocations that the record was loaded at.
    #[staticmethod]
    #[pyo3(signature = (proven, /))]
    fn noted<'py>(py: Python<'py>, proven: &Proven) -> PyResult<(Bound<'py, PyAny>, u8, u64)> {
        let proven = proven.of_elsewhere()?;
        let note = proven.caller().record().principal.note.bind(py).clone();
        Ok((note, proven.demand().class.0, proven.generation()))
    }

    #[staticmethod]
    #[pyo3(signature = (proven, generation, /))]
    fn outdated(proven: &Proven, generation: u64) -> PyResult<Waiting> {
        Ok(Elsewhere::waiting(proven.of_elsewhere()?.outdated(generation)))
    }

    #[pyo3(signature = (key_id, /))]
    fn forget(&self, key_id: &str) -> PyResult<()> {
        self.0.forget(key_id_of(key_id)?);
        Ok(())
    }

    fn replace_masters(&self, masters: BTreeMap<u8, Vec<u8>>) -> PyResult<()> {
        self.0.replace_masters(versions(masters)?);
        Ok(())
    }

    fn session_mac(&self, key_id: &str, used_for: &str) -> PyResult<Option<MacKey>> {
        let (key_id, used_for) = (key_id_of(key_id)?, session_use_named(used_for)?);
        Ok(self.0.session_mac(key_id, used_for).map(MacKey))
    }

    #[getter]
    fn remembered(&self) -> usize {
        self.0.remembered()
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Prover>()
}
