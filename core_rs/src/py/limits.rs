//! `limits` for Python.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use super::table::Table;
use crate::limits::{self, DEBITS_MOST, Dimension, PolicyId};

/// So many requests in so much time, and how many of them at once.
#[pyclass(frozen, from_py_object, module = "core_rs")]
#[derive(Clone)]
struct Policy(limits::Policy);

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(signature = (name, *, count, seconds, burst, shadow=false))]
    fn new(name: &str, count: u32, seconds: u32, burst: u32, shadow: bool) -> PyResult<Self> {
        Ok(Self(limits::Policy::new(name, count, seconds, burst)?.shadow(shadow)))
    }

    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn count(&self) -> u32 {
        self.0.rate().0
    }

    #[getter]
    fn seconds(&self) -> u32 {
        self.0.rate().1
    }

    #[getter]
    fn burst(&self) -> u32 {
        self.0.burst()
    }

    #[getter]
    fn shadow(&self) -> bool {
        self.0.is_shadow()
    }
}

/// The name of what is limited, hashed under a secret of the table.
#[pyclass(frozen, eq, hash, from_py_object, module = "core_rs")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LimitKey(pub limits::Key);

/// Keys, each with the policy that it is charged under: looked at once, and charged for each request.
#[pyclass(frozen, module = "core_rs")]
struct Debits(Box<[(limits::Key, PolicyId)]>);

/// What was decided, with the facts for the headers.
#[pyclass(frozen, get_all, module = "core_rs")]
pub(super) struct Decision {
    admitted: bool,
    policy: u8,
    limit: u32,
    remaining: u32,
    reset_millis: u64,
    retry_after_millis: u64,
    shadowed: u32,
}

#[pymethods]
impl Decision {
    /// For a store that decides elsewhere.
    #[new]
    fn new(
        admitted: bool,
        policy: u8,
        limit: u32,
        remaining: u32,
        reset_millis: u64,
        retry_after_millis: u64,
        shadowed: u32,
    ) -> Self {
        Self { admitted, policy, limit, remaining, reset_millis, retry_after_millis, shadowed }
    }

    /// Whether there is nothing to do about it but to go on.
    #[getter]
    fn plain(&self) -> bool {
        self.admitted && self.shadowed == 0
    }
}

impl From<&Decision> for limits::Decision {
    fn from(decision: &Decision) -> Self {
        let &Decision { admitted, policy, limit, remaining, reset_millis, retry_after_millis, shadowed } =
            decision;
        Self {
            admitted,
            policy: PolicyId(policy),
            limit,
            remaining,
            reset_millis,
            retry_after_millis,
            shadowed,
        }
    }
}

impl From<limits::Decision> for Decision {
    fn from(decision: limits::Decision) -> Self {
        let limits::Decision {
            admitted,
            policy,
            limit,
            remaining,
            reset_millis,
            retry_after_millis,
            shadowed,
        } = decision;
        Self { admitted, policy: policy.0, limit, remaining, reset_millis, retry_after_millis, shadowed }
    }
}

/// The policies of this process over a table.
#[pyclass(frozen, module = "core_rs")]
pub(super) struct Limits(pub Arc<limits::Limits>);

#[pymethods]
impl Limits {
    #[new]
    fn new(table: &Table, policies: Vec<Policy>) -> PyResult<Self> {
        let policies = policies.into_iter().map(|policy| policy.0).collect();
        Ok(Self(Arc::new(limits::Limits::new(Arc::clone(&table.0), policies)?)))
    }

    fn key(&self, dimension: &str, name: &[u8]) -> PyResult<LimitKey> {
        let dimension = match dimension {
            "address" => Dimension::Address,
            "session" => Dimension::Session,
            "account" => Dimension::Account,
            "tenant" => Dimension::Tenant,
            "route" => Dimension::Route,
            "claim" => Dimension::Claim,
            _ => {
                let sentence = "a dimension is 'address', 'session', 'account', 'tenant', 'route' or 'claim'";
                return Err(PyValueError::new_err(sentence));
            }
        };
        Ok(LimitKey(self.0.key(dimension, name)))
    }

    #[getter]
    fn shadowed_addresses(&self) -> u64 {
        self.0.shadowed_addresses()
    }

    fn check(&self, debits: Vec<(LimitKey, u8)>) -> PyResult<Decision> {
        let debits = self.debits(debits)?;
        Ok(self.0.check(&debits.0).into())
    }

    fn debits(&self, debits: Vec<(LimitKey, u8)>) -> PyResult<Debits> {
        let known = self.0.policies().len();
        if !(1..=DEBITS_MOST).contains(&debits.len())
            || debits.iter().any(|(_, id)| usize::from(*id) >= known)
        {
            let sentence =
                format!("a check names 1 to {DEBITS_MOST} keys, each with one of the {known} policies");
            return Err(PyValueError::new_err(sentence));
        }
        Ok(Debits(debits.into_iter().map(|(key, id)| (key.0, PolicyId(id))).collect()))
    }

    #[pyo3(signature = (first, then=None, /))]
    fn count<'py>(
        &self,
        py: Python<'py>,
        first: &Debits,
        then: Option<&Debits>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let decision = self.0.check_in_turn(&first.0, then.map(|then| &*then.0));
        let decided = Decision::from(decision);
        if !decided.plain() {
            return Ok(Bound::new(py, decided)?.into_any());
        }
        let lines = PyBytes::new(py, self.0.told(&decision).as_bytes());
        let told: Bound<'py, PyTuple> = (decision.remaining, lines).into_pyobject(py)?;
        Ok(told.into_any())
    }

    fn told<'py>(&self, py: Python<'py>, decision: &Decision) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.told(&decision.into()).as_bytes())
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Policy>()?;
    module.add_class::<LimitKey>()?;
    module.add_class::<Debits>()?;
    module.add_class::<Decision>()?;
    module.add_class::<Limits>()
}
