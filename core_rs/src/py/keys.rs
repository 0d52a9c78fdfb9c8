//! `keys`, `mac` and `sign` for Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyBytes;

use crate::answer::Answer;
use crate::keys::names::{KeyId, Sid};
use crate::keys::{self, DeviceUse, SessionUse, wrap};
use crate::mac::{self, LENGTH};
use crate::sign;

/// A key of HMAC-SHA-256, its work done once: worth keeping for as long as it is used.
#[pyclass(frozen, module = "core_rs")]
pub(super) struct MacKey(pub mac::MacKey);

#[pymethods]
impl MacKey {
    #[new]
    fn new(key: &[u8]) -> Self {
        Self(mac::MacKey::new(key))
    }

    fn mac<'py>(&self, py: Python<'py>, message: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.mac(&[message]))
    }

    /// In a time that does not tell where they differ. A tag of another length is a wrong one.
    fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        tag.try_into().is_ok_and(|tag| self.0.verify(&[message], tag))
    }

    #[pyo3(signature = (signature, status, content_type, headers, body, milliseconds, /))]
    #[expect(clippy::too_many_arguments, reason = "one call for each answer, by place")]
    #[expect(clippy::needless_pass_by_value, reason = "made out of Python's own for this call")]
    fn prove<'py>(
        &self,
        py: Python<'py>,
        signature: &str,
        status: u16,
        content_type: &str,
        headers: Vec<(PyBackedStr, PyBackedStr)>,
        body: &[u8],
        milliseconds: u64,
    ) -> Bound<'py, PyBytes> {
        let mut answer = Answer { status, content_type, body, milliseconds, ..Answer::default() };
        for (name, value) in &headers {
            answer.tell(name, value);
        }
        PyBytes::new(py, &answer.proven(&self.0, signature))
    }
}

#[pyfunction]
fn hkdf_sha256<'py>(py: Python<'py>, secret: &[u8], salt: &[u8], info: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &mac::derive(secret, salt, &[info]))
}

#[pyfunction]
fn hkdf_sha256_expand<'py>(py: Python<'py>, key: &[u8], info: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &mac::expand(exactly(key, "a key")?, &[info])))
}

#[pyfunction]
fn device_key<'py>(
    py: Python<'py>,
    master: &[u8],
    bridge_id: &[u8],
    device_id: &[u8],
    generation: u32,
) -> PyResult<Bound<'py, PyBytes>> {
    let device_id = exactly(device_id, "a device's id")?;
    let key = keys::device_key(exactly(master, "a master key")?, bridge(bridge_id)?, device_id, generation);
    Ok(PyBytes::new(py, &*key))
}

#[pyfunction]
fn device_use<'py>(py: Python<'py>, device: &[u8], used_for: &str) -> PyResult<Bound<'py, PyBytes>> {
    let used_for = match used_for {
        "open" => DeviceUse::Open,
        "wrap" => DeviceUse::Wrap,
        "grant" => DeviceUse::Grant,
        "check" => DeviceUse::Check,
        _ => {
            return Err(PyValueError::new_err(
                "a device's key is used for 'open', 'wrap', 'grant' or 'check'",
            ));
        }
    };
    Ok(PyBytes::new(py, &*keys::device_use(exactly(device, "a device's key")?, used_for)))
}

#[pyfunction]
fn session_key<'py>(
    py: Python<'py>,
    master: &[u8],
    bridge_id: &[u8],
    key_id: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let KeyId { sid, epoch } = key_id_of(key_id)?;
    let key = keys::session_key(exactly(master, "a master key")?, bridge(bridge_id)?, &sid, epoch);
    Ok(PyBytes::new(py, &*key))
}

#[pyfunction]
fn session_use<'py>(py: Python<'py>, session: &[u8], used_for: &str) -> PyResult<Bound<'py, PyBytes>> {
    let key = keys::session_use(exactly(session, "a session's key")?, session_use_named(used_for)?);
    Ok(PyBytes::new(py, &*key))
}

/// Hide a key, or show it again.
#[pyfunction]
fn wrap_key<'py>(
    py: Python<'py>,
    pad_key: &[u8],
    context: &[u8],
    key: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let wrapped = wrap::wrap(exactly(pad_key, "a wrapping key")?, &[context], exactly(key, "a key")?);
    Ok(PyBytes::new(py, &*wrapped))
}

/// The text of a session's id.
#[pyfunction]
fn session_id(master_version: u8, shard: u16, random: &[u8]) -> PyResult<String> {
    Ok(Sid::new(master_version, shard, *exactly(random, "the random part of an id")?).to_string())
}

#[pyfunction]
fn ed25519_public_key<'py>(py: Python<'py>, seed: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &sign::public_key(exactly(seed, "a seed")?)))
}

#[pyfunction]
fn ed25519_sign<'py>(py: Python<'py>, seed: &[u8], message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &sign::sign(exactly(seed, "a seed")?, message)))
}

/// A key or a signature of another length is a wrong one.
#[pyfunction]
fn ed25519_verify(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Ok(public) = public.try_into() else { return false };
    signature.try_into().is_ok_and(|signature| sign::verify(public, message, signature))
}

pub(super) fn bridge(id: &[u8]) -> PyResult<&[u8; 16]> {
    exactly(id, "a bridge's id")
}

pub(super) fn master(key: &[u8]) -> PyResult<&[u8; LENGTH]> {
    exactly(key, "a master key")
}

pub(super) fn key_id_of(text: &str) -> PyResult<KeyId> {
    KeyId::parse(text.as_bytes()).ok_or_else(|| {
        PyValueError::new_err("a key id is a session's id, a full stop and sixteen hex digits")
    })
}

pub(super) fn session_use_named(name: &str) -> PyResult<SessionUse> {
    match name {
        "request" => Ok(SessionUse::Request),
        "answer" => Ok(SessionUse::Answer),
        "stream" => Ok(SessionUse::Stream),
        _ => Err(PyValueError::new_err("a session's key is used for 'request', 'answer' or 'stream'")),
    }
}

/// The sentence never holds the bytes: they may be a key.
fn exactly<'a, const N: usize>(bytes: &'a [u8], what: &str) -> PyResult<&'a [u8; N]> {
    let found = bytes.len();
    bytes.try_into().map_err(|_| PyValueError::new_err(format!("{what} has {N} bytes, not {found}")))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<MacKey>()?;
    module.add_function(wrap_pyfunction!(hkdf_sha256, module)?)?;
    module.add_function(wrap_pyfunction!(hkdf_sha256_expand, module)?)?;
    module.add_function(wrap_pyfunction!(device_key, module)?)?;
    module.add_function(wrap_pyfunction!(device_use, module)?)?;
    module.add_function(wrap_pyfunction!(session_key, module)?)?;
    module.add_function(wrap_pyfunction!(session_use, module)?)?;
    module.add_function(wrap_pyfunction!(wrap_key, module)?)?;
    module.add_function(wrap_pyfunction!(session_id, module)?)?;
    module.add_function(wrap_pyfunction!(ed25519_public_key, module)?)?;
    module.add_function(wrap_pyfunction!(ed25519_sign, module)?)?;
    module.add_function(wrap_pyfunction!(ed25519_verify, module)?)
}
