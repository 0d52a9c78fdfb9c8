//! `admit` for Python: one call a request, one small tuple back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use zeroize::Zeroizing;

use super::keys::{MacKey, bridge, key_id_of, master, session_use_named};
use super::limits::{Decision, Limits};
use crate::admit::{self, Ask, Malformed, Masters, ONE_CALL_BYTES, Policies, Refusal, Wire};
use crate::keys::Key;
use crate::limits::{Dimension, PolicyId};

type Principal = Py<PyAny>;

/// Letting the interpreter go costs a microsecond, but where another thread computes it comes back only after
/// that thread's switch interval, 5 ms. So it is kept for what takes much less: 1 MiB is hashed in 0.6 ms, and in
/// 3 ms without SHA instructions.
const DETACH_FROM_BYTES: usize = 1 << 20;

/// What a route demands, made once per route.
#[pyclass(frozen, module = "core_rs")]
struct Demand(admit::Demand);

/// A proven head whose session's record is needed.
#[pyclass(frozen, module = "core_rs")]
struct Waiting(admit::Waiting);

#[pymethods]
impl Waiting {
    #[getter]
    fn sid(&self) -> String {
        self.0.key_id().sid.to_string()
    }

    #[getter]
    fn key_id(&self) -> String {
        self.0.key_id().to_string()
    }
}

/// A proven head whose body may come.
#[pyclass(frozen, generic, module = "core_rs")]
struct Proven(admit::Proven<Principal>);

#[pymethods]
impl Proven {
    #[getter]
    fn principal(&self, py: Python<'_>) -> Principal {
        self.0.caller().record().principal.clone_ref(py)
    }
}

/// One worker's gate.
#[pyclass(frozen, generic, module = "core_rs")]
struct Gate(admit::Gate<Principal>);

#[pymethods]
impl Gate {
    #[new]
    #[pyo3(signature = (limits, *, bridge_id, masters, address, session, account, tenant, remembered=65_536))]
    #[expect(clippy::too_many_arguments, reason = "named where it is called")]
    fn new(
        limits: &Limits,
        bridge_id: &[u8],
        masters: BTreeMap<u8, Vec<u8>>,
        address: &str,
        session: &str,
        account: &str,
        tenant: &str,
        remembered: usize,
    ) -> PyResult<Self> {
        let policies = Policies {
            address: policy(limits, address)?,
            session: policy(limits, session)?,
            account: policy(limits, account)?,
            tenant: policy(limits, tenant)?,
        };
        let mut nobody = [0; 32];
        getrandom::fill(&mut nobody).map_err(std::io::Error::from)?;
        let masters = Masters::new(*bridge(bridge_id)?, versions(masters)?, nobody);
        Ok(Self(admit::Gate::new(Arc::clone(&limits.0), policies, masters, remembered)))
    }

    #[pyo3(signature = (class_policy, *, scopes=0))]
    fn demand(&self, class_policy: &str, scopes: u64) -> PyResult<Demand> {
        let class = self.0.limits().policy(class_policy).ok_or_else(|| unknown_policy(class_policy))?;
        Ok(Demand(admit::Demand { class, scopes }))
    }

    #[pyo3(signature = (demand, address, method, target, headers, body, /))]
    fn admit<'py>(
        &self,
        demand: &Demand,
        address: &str,
        method: &Bound<'py, PyString>,
        target: &Bound<'py, PyString>,
        headers: &Bound<'py, PyTuple>,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let ask = ask(demand, address, gather(method, target, headers)?);
        judged(headers.py(), self.0.admit(&ask, body))
    }

    #[pyo3(signature = (demand, address, method, target, headers, /))]
    fn admit_head<'py>(
        &self,
        py: Python<'py>,
        demand: &Demand,
        address: &str,
        method: &Bound<'py, PyString>,
        target: &Bound<'py, PyString>,
        headers: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let ask = ask(demand, address, gather(method, target, headers)?);
        proven(py, self.0.admit_head(&ask))
    }

    #[pyo3(signature = (waiting, principal, *, account, tenant, scopes=0, revoked=false))]
    fn put_record(
        &self,
        waiting: &Waiting,
        principal: Principal,
        account: &[u8],
        tenant: &[u8],
        scopes: u64,
        revoked: bool,
    ) -> Proven {
        let key = |dimension, name| self.0.limits().key(dimension, name);
        let (account, tenant) = (key(Dimension::Account, account), key(Dimension::Tenant, tenant));
        let record = admit::Record { principal, scopes, revoked, account, tenant };
        Proven(self.0.put_record(&waiting.0, record))
    }

    #[pyo3(signature = (proven, /))]
    fn recheck<'py>(&self, py: Python<'py>, proven: &Proven) -> PyResult<Bound<'py, PyTuple>> {
        self::proven(py, self.0.recheck(&proven.0))
    }

    #[pyo3(signature = (proven, body, /))]
    fn admit_body<'py>(
        &self,
        py: Python<'py>,
        proven: &Proven,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let admit = || self.0.admit_body(&proven.0, body);
        judged(py, if body.len() < DETACH_FROM_BYTES { admit() } else { py.detach(admit) })
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

fn ask<'a>(demand: &Demand, address: &'a str, wire: Result<Wire<'a>, Malformed>) -> Ask<'a> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ask { wire, address, demand: demand.0, now: i64::try_from(since).unwrap_or(i64::MAX) }
}

/// The head out of what aiohttp hands over. Of wrong types the caller is told, of wrong content the client.
fn gather<'a>(
    method: &'a Bound<'_, PyString>,
    target: &'a Bound<'_, PyString>,
    headers: &'a Bound<'_, PyTuple>,
) -> PyResult<Result<Wire<'a>, Malformed>> {
    // Bytes of the request line that are no UTF-8 come as lone surrogates, which have no bytes.
    let text = |text: &'a Bound<'_, PyString>| text.to_str().map_or(&b""[..], str::as_bytes);
    let mut wrong = None;
    let pairs = headers.iter_borrowed().map_while(|pair| match pair.extract::<(&'a [u8], &'a [u8])>() {
        Ok(pair) => Some(pair),
        Err(error) => {
            wrong = Some(error);
            None
        }
    });
    let wire = Wire::gather(text(method), text(target), pairs);
    match wrong {
        Some(error) => {
            let sentence = "headers are pairs of bytes, as in aiohttp's raw_headers";
            let refused = PyTypeError::new_err(sentence);
            refused.set_cause(headers.py(), Some(error));
            Err(refused)
        }
        None => Ok(wire),
    }
}

fn proven(
    py: Python<'_>,
    answer: Result<admit::Proven<Principal>, Refusal<Principal>>,
) -> PyResult<Bound<'_, PyTuple>> {
    match answer {
        Ok(proven) => {
            let number = proven.number();
            (intern!(py, "proven"), Bound::new(py, Proven(proven))?, number, py.None()).into_pyobject(py)
        }
        Err(refusal) => refused(py, refusal),
    }
}

fn judged(
    py: Python<'_>,
    answer: Result<admit::Admitted<Principal>, Refusal<Principal>>,
) -> PyResult<Bound<'_, PyTuple>> {
    match answer {
        Ok(admit::Admitted { caller, number, limit }) => {
            let principal = caller.record().principal.bind(py);
            (intern!(py, "admitted"), principal, number, Decision::from(limit)).into_pyobject(py)
        }
        Err(refusal) => refused(py, refusal),
    }
}

fn refused(py: Python<'_>, refusal: Refusal<Principal>) -> PyResult<Bound<'_, PyTuple>> {
    let code = match refusal {
        Refusal::TooLarge => intern!(py, "too_large"),
        Refusal::Malformed(_) => intern!(py, "malformed"),
        Refusal::AddressLimited(_) => intern!(py, "address_limited"),
        Refusal::NotProven => intern!(py, "not_proven"),
        Refusal::Stale(_) => intern!(py, "stale"),
        Refusal::Epoch(_) => intern!(py, "epoch"),
        Refusal::NeedRecord(_) => intern!(py, "need_record"),
        Refusal::Revoked(_) => intern!(py, "revoked"),
        Refusal::OutOfScope(_) => intern!(py, "out_of_scope"),
        Refusal::WrongDigest(_) => intern!(py, "wrong_digest"),
        Refusal::Replayed { .. } => intern!(py, "replayed"),
        Refusal::Limited(..) => intern!(py, "limited"),
    };
    let none = || py.None().into_bound(py);
    let text = |text: String| PyString::new(py, &text).into_any();
    let principal = |caller: &admit::Caller<Principal>| caller.record().principal.bind(py).clone();
    let told = |decision| Bound::new(py, Decision::from(decision)).map(Bound::into_any);
    let (who, number, limit) = match refusal {
        Refusal::TooLarge | Refusal::NotProven => (none(), 0, none()),
        Refusal::Malformed(part) => (text(part.to_string()), 0, none()),
        Refusal::AddressLimited(decision) => (none(), 0, told(decision)?),
        Refusal::Stale(key_id) | Refusal::Epoch(key_id) => (text(key_id.to_string()), 0, none()),
        Refusal::NeedRecord(waiting) => (Bound::new(py, Waiting(waiting))?.into_any(), 0, none()),
        Refusal::Revoked(caller) | Refusal::OutOfScope(caller) | Refusal::WrongDigest(caller) => {
            (principal(&caller), 0, none())
        }
        Refusal::Replayed { caller, next } => (principal(&caller), next, none()),
        Refusal::Limited(caller, decision) => (principal(&caller), 0, told(decision)?),
    };
    (code, who, number, limit).into_pyobject(py)
}

fn versions(masters: BTreeMap<u8, Vec<u8>>) -> PyResult<BTreeMap<u8, Key>> {
    if masters.is_empty() {
        return Err(PyValueError::new_err("a gate needs at least one master key"));
    }
    let keys = masters.into_iter().map(|(version, key)| {
        let key = Zeroizing::new(key);
        Ok((version, Zeroizing::new(*master(&key)?)))
    });
    keys.collect()
}

fn policy(limits: &Limits, name: &str) -> PyResult<PolicyId> {
    limits.0.policy(name).ok_or_else(|| unknown_policy(name))
}

fn unknown_policy(name: &str) -> PyErr {
    PyValueError::new_err(format!("there is no policy of the name {name}"))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ONE_CALL_BYTES", ONE_CALL_BYTES)?;
    module.add_class::<Demand>()?;
    module.add_class::<Waiting>()?;
    module.add_class::<Proven>()?;
    module.add_class::<Gate>()
}
