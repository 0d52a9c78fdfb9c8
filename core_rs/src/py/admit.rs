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
use super::prover::Noted;
use crate::admit::{
    self, Ask, Elsewhere, Home, InTable, Malformed, Masters, ONE_CALL_BYTES, Policies, Refusal, Wire,
};
use crate::keys::Key;
use crate::keys::names::KeyId;
use crate::limits::{Dimension, PolicyId};

pub(super) type Principal = Py<PyAny>;

/// Letting the interpreter go costs a microsecond, but where another thread computes it comes back only after
/// that thread's switch interval, 5 ms. So it is kept for what takes much less: 1 MiB is hashed in 0.6 ms, and in
/// 3 ms without SHA instructions.
const DETACH_FROM_BYTES: usize = 1 << 20;

/// What a route demands, made once per route.
#[pyclass(frozen, module = "core_rs")]
pub(super) struct Demand(pub admit::Demand);

#[pymethods]
impl Demand {
    #[getter]
    fn policy(&self) -> u8 {
        self.0.class.0
    }
}

/// Which of the two kinds of stores something is of.
pub(super) enum Of<Table, Elsewhere> {
    Table(Table),
    Elsewhere(Elsewhere),
}

/// A proven head whose session's record is needed.
#[pyclass(frozen, module = "core_rs")]
pub(super) struct Waiting(pub Of<admit::Waiting, admit::Waiting<Elsewhere>>);

impl Waiting {
    fn named(&self) -> KeyId {
        match &self.0 {
            Of::Table(waiting) => waiting.key_id(),
            Of::Elsewhere(waiting) => waiting.key_id(),
        }
    }

    fn of_table(&self) -> PyResult<&admit::Waiting> {
        match &self.0 {
            Of::Table(waiting) => Ok(waiting),
            Of::Elsewhere(_) => Err(of_another()),
        }
    }

    pub fn of_elsewhere(&self) -> PyResult<&admit::Waiting<Elsewhere>> {
        match &self.0 {
            Of::Table(_) => Err(of_another()),
            Of::Elsewhere(waiting) => Ok(waiting),
        }
    }
}

#[pymethods]
impl Waiting {
    #[getter]
    fn sid(&self) -> String {
        self.named().sid.to_string()
    }

    #[getter]
    fn key_id(&self) -> String {
        self.named().to_string()
    }
}

/// A proven head whose body may come.
#[pyclass(frozen, generic, module = "core_rs")]
pub(super) struct Proven(pub Of<admit::Proven<Principal>, admit::Proven<Noted, Elsewhere>>);

impl Proven {
    fn of_table(&self) -> PyResult<&admit::Proven<Principal>> {
        match &self.0 {
            Of::Table(proven) => Ok(proven),
            Of::Elsewhere(_) => Err(of_another()),
        }
    }

    pub fn of_elsewhere(&self) -> PyResult<&admit::Proven<Noted, Elsewhere>> {
        match &self.0 {
            Of::Table(_) => Err(of_another()),
            Of::Elsewhere(proven) => Ok(proven),
        }
    }
}

#[pymethods]
impl Proven {
    #[getter]
    fn principal(&self, py: Python<'_>) -> Principal {
        let principal = match &self.0 {
            Of::Table(proven) => &proven.caller().record().principal,
            Of::Elsewhere(proven) => &proven.caller().record().principal.principal,
        };
        principal.clone_ref(py)
    }
}

/// What a verdict tells of a session, for each kind of store.
pub(super) trait Told: Home + Sized {
    /// What is kept of a record.
    type Kept;

    fn whose<'py>(py: Python<'py>, kept: &Self::Kept) -> Bound<'py, PyAny>;
    fn waiting(waiting: admit::Waiting<Self>) -> Waiting;
    fn proven(proven: admit::Proven<Self::Kept, Self>) -> Proven;
}

impl Told for InTable {
    type Kept = Principal;

    fn whose<'py>(py: Python<'py>, kept: &Principal) -> Bound<'py, PyAny> {
        kept.bind(py).clone()
    }

    fn waiting(waiting: admit::Waiting) -> Waiting {
        Waiting(Of::Table(waiting))
    }

    fn proven(proven: admit::Proven<Principal>) -> Proven {
        Proven(Of::Table(proven))
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
        let masters = in_use(bridge_id, masters)?;
        Ok(Self(admit::Gate::new(Arc::clone(&limits.0), policies, masters, remembered)))
    }

    #[pyo3(signature = (class_policy, *, scopes=0))]
    fn demand(&self, class_policy: &str, scopes: u64) -> PyResult<Demand> {
        demand(self.0.limits(), class_policy, scopes)
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
    ) -> PyResult<Proven> {
        let key = |dimension, name| self.0.limits().key(dimension, name);
        let (account, tenant) = (key(Dimension::Account, account), key(Dimension::Tenant, tenant));
        let record = admit::Record { principal, scopes, revoked, account, tenant };
        Ok(InTable::proven(self.0.put_record(waiting.of_table()?, record)))
    }

    #[pyo3(signature = (proven, /))]
    fn recheck<'py>(&self, py: Python<'py>, proven: &Proven) -> PyResult<Bound<'py, PyTuple>> {
        self::proven(py, self.0.recheck(proven.of_table()?))
    }

    #[pyo3(signature = (proven, body, /))]
    fn admit_body<'py>(
        &self,
        py: Python<'py>,
        proven: &Proven,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let proven = proven.of_table()?;
        judged(py, hashed(py, body, || self.0.admit_body(proven, body)))
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

/// Let other threads run where the body takes long.
pub(super) fn hashed<T: Send>(py: Python<'_>, body: &[u8], work: impl FnOnce() -> T + Send) -> T {
    if body.len() < DETACH_FROM_BYTES { work() } else { py.detach(work) }
}

pub(super) fn in_use(bridge_id: &[u8], masters: BTreeMap<u8, Vec<u8>>) -> PyResult<Masters> {
    let mut nobody = [0; 32];
    getrandom::fill(&mut nobody).map_err(std::io::Error::from)?;
    Ok(Masters::new(*bridge(bridge_id)?, versions(masters)?, nobody))
}

pub(super) fn demand(limits: &crate::limits::Limits, class_policy: &str, scopes: u64) -> PyResult<Demand> {
    let class = limits.policy(class_policy).ok_or_else(|| unknown_policy(class_policy))?;
    Ok(Demand(admit::Demand { class, scopes }))
}

pub(super) fn ask<'a>(demand: &Demand, address: &'a str, wire: Result<Wire<'a>, Malformed>) -> Ask<'a> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ask { wire, address, demand: demand.0, now: i64::try_from(since).unwrap_or(i64::MAX) }
}

/// The head out of what aiohttp hands over. Of wrong types the caller is told, of wrong content the client.
pub(super) fn gather<'a>(
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

pub(super) fn proven<H: Told>(
    py: Python<'_>,
    answer: Result<admit::Proven<H::Kept, H>, Refusal<H::Kept, H>>,
) -> PyResult<Bound<'_, PyTuple>> {
    match answer {
        Ok(proven) => {
            let number = proven.number();
            (intern!(py, "proven"), Bound::new(py, H::proven(proven))?, number, py.None()).into_pyobject(py)
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

fn refused<H: Told>(py: Python<'_>, refusal: Refusal<H::Kept, H>) -> PyResult<Bound<'_, PyTuple>> {
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
    let whose = |caller: &admit::Caller<H::Kept, H>| H::whose(py, &caller.record().principal);
    let told = |decision| Bound::new(py, Decision::from(decision)).map(Bound::into_any);
    let (who, number, limit) = match refusal {
        Refusal::TooLarge | Refusal::NotProven => (none(), 0, none()),
        Refusal::Malformed(part) => (text(part.to_string()), 0, none()),
        Refusal::AddressLimited(decision) => (none(), 0, told(decision)?),
        Refusal::Stale(key_id) | Refusal::Epoch(key_id) => (text(key_id.to_string()), 0, none()),
        Refusal::NeedRecord(waiting) => (Bound::new(py, H::waiting(waiting))?.into_any(), 0, none()),
        Refusal::Revoked(caller) | Refusal::OutOfScope(caller) | Refusal::WrongDigest(caller) => {
            (whose(&caller), 0, none())
        }
        Refusal::Replayed { caller, next } => (whose(&caller), next, none()),
        Refusal::Limited(caller, decision) => (whose(&caller), 0, told(decision)?),
    };
    (code, who, number, limit).into_pyobject(py)
}

pub(super) fn versions(masters: BTreeMap<u8, Vec<u8>>) -> PyResult<BTreeMap<u8, Key>> {
    if masters.is_empty() {
        return Err(PyValueError::new_err("a gate needs at least one master key"));
    }
    let keys = masters.into_iter().map(|(version, key)| {
        let key = Zeroizing::new(key);
        Ok((version, Zeroizing::new(*master(&key)?)))
    });
    keys.collect()
}

pub(super) fn policy(limits: &Limits, name: &str) -> PyResult<PolicyId> {
    limits.0.policy(name).ok_or_else(|| unknown_policy(name))
}

fn unknown_policy(name: &str) -> PyErr {
    PyValueError::new_err(format!("there is no policy of the name {name}"))
}

fn of_another() -> PyErr {
    PyTypeError::new_err("this is of the other kind of store: a gate's and a prover's are not exchanged")
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ONE_CALL_BYTES", ONE_CALL_BYTES)?;
    module.add_class::<Demand>()?;
    module.add_class::<Waiting>()?;
    module.add_class::<Proven>()?;
    module.add_class::<Gate>()
}
