//! Which Python error each of ours becomes. One row an error; the sentence is the error's own.

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

use crate::build::BuildError;
use crate::bundle::BundleError;
use crate::hashing::HashingError;
use crate::limits::PolicyError;
use crate::replay::OpenRefused;
use crate::sourcemap::SourcemapError;
use crate::table::TableError;
use crate::watch::Cancelled;

create_exception!(core_rs, CoreError, PyException, "Everything that the core refuses or fails at.");
create_exception!(core_rs, Stopped, CoreError, "The progress callback returned False.");
create_exception!(core_rs, FileFailed, CoreError, "A file or folder cannot be read or written.");
create_exception!(core_rs, FileChanged, CoreError, "A file changed while it was read.");
create_exception!(core_rs, TargetExists, CoreError, "Something is there already, and is not replaced.");
create_exception!(core_rs, BundleDamaged, CoreError, "Not a bundle, or not what it was when it was made.");
create_exception!(core_rs, NotABundle, BundleDamaged, "Something else, or a bundle of a later format.");
create_exception!(core_rs, BundleTooLarge, CoreError, "More than is allowed, or than a bundle holds.");
create_exception!(core_rs, NameRefused, CoreError, "A path that does not unpack safely on every platform.");
create_exception!(core_rs, BaseMissing, CoreError, "Chunks are in an earlier version that was not given.");
create_exception!(
    core_rs,
    SignatureRefused,
    CoreError,
    "Unsigned, signed by another, or not of this content."
);
create_exception!(core_rs, NoSuchFile, CoreError, "The bundle has no file of that name.");
create_exception!(
    core_rs,
    TableRefused,
    CoreError,
    "There is no such table, or it is not one to be trusted."
);
create_exception!(
    core_rs,
    WindowRefused,
    CoreError,
    "No window for this session: its id is known, or its life is not one."
);
create_exception!(core_rs, WindowsFull, WindowRefused, "No room for another session.");
create_exception!(
    core_rs,
    PolicyRefused,
    CoreError,
    "A policy that cannot be counted, or not the same everywhere."
);

create_exception!(core_rs, BuildRefused, CoreError, "No project, or one with errors; nothing is written.");

pub(super) fn stopped(cancelled: Cancelled) -> PyErr {
    Stopped::new_err(cancelled.to_string())
}

impl From<BuildError> for PyErr {
    fn from(error: BuildError) -> Self {
        let sentence = error.to_string();
        match error {
            BuildError::Refused(_) | BuildError::Encode(_) => BuildRefused::new_err(sentence),
            BuildError::Write { source, .. } => file_failed(sentence, &source),
            BuildError::Cancelled(cancelled) => stopped(cancelled),
        }
    }
}

impl From<SourcemapError> for PyErr {
    fn from(error: SourcemapError) -> Self {
        let sentence = error.to_string();
        match error {
            SourcemapError::NotUtf8(_) => NameRefused::new_err(sentence),
            SourcemapError::Write { source, .. } => file_failed(sentence, &source),
        }
    }
}

impl From<HashingError> for PyErr {
    fn from(error: HashingError) -> Self {
        let sentence = error.to_string();
        match error {
            HashingError::Read { source, .. } | HashingError::Write { source, .. } => {
                file_failed(sentence, &source)
            }
            HashingError::NotAFolder(_) | HashingError::NotAFile(_) | HashingError::Threads { .. } => {
                FileFailed::new_err(sentence)
            }
            HashingError::Changed(_) => FileChanged::new_err(sentence),
            HashingError::Cancelled(_) => Stopped::new_err(sentence),
        }
    }
}

/// With the system's number for what happened, by which a full disk is told from a missing file.
fn file_failed(sentence: String, source: &std::io::Error) -> PyErr {
    let error = FileFailed::new_err(sentence);
    // An error that cannot take an attribute is still the error to raise.
    let _ = Python::attach(|py| error.value(py).setattr("errno", source.raw_os_error()));
    error
}

impl From<BundleError> for PyErr {
    fn from(error: BundleError) -> Self {
        let sentence = error.to_string();
        raised(error, sentence)
    }
}

fn raised(error: BundleError, sentence: String) -> PyErr {
    match error {
        BundleError::Hashing(error) => error.into(),
        BundleError::In { error, .. } => raised(*error, sentence),
        BundleError::NotABundle | BundleError::NewerFormat(_) => NotABundle::new_err(sentence),
        BundleError::Damaged(_) => BundleDamaged::new_err(sentence),
        BundleError::TooLarge { .. } | BundleError::FileTooLarge { .. } | BundleError::TooMuch { .. } => {
            BundleTooLarge::new_err(sentence)
        }
        BundleError::Name { .. } => NameRefused::new_err(sentence),
        BundleError::BaseMissing { .. } => BaseMissing::new_err(sentence),
        BundleError::Signature(_) => SignatureRefused::new_err(sentence),
        BundleError::TargetExists(_) | BundleError::TargetUnnamed(_) | BundleError::OutputInside(_) => {
            TargetExists::new_err(sentence)
        }
        BundleError::NoSuchFile(_) => NoSuchFile::new_err(sentence),
        BundleError::Cancelled(_) => Stopped::new_err(sentence),
    }
}

impl From<TableError> for PyErr {
    fn from(error: TableError) -> Self {
        TableRefused::new_err(error.to_string())
    }
}

impl From<OpenRefused> for PyErr {
    fn from(error: OpenRefused) -> Self {
        let sentence = error.to_string();
        match error {
            OpenRefused::Full => WindowsFull::new_err(sentence),
            OpenRefused::Duplicate | OpenRefused::Life => WindowRefused::new_err(sentence),
        }
    }
}

impl From<PolicyError> for PyErr {
    fn from(error: PolicyError) -> Self {
        PolicyRefused::new_err(error.to_string())
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("CoreError", py.get_type::<CoreError>())?;
    module.add("Stopped", py.get_type::<Stopped>())?;
    let file_failed = py.get_type::<FileFailed>();
    file_failed.setattr("errno", py.None())?;
    module.add("FileFailed", file_failed)?;
    module.add("FileChanged", py.get_type::<FileChanged>())?;
    module.add("TargetExists", py.get_type::<TargetExists>())?;
    module.add("BundleDamaged", py.get_type::<BundleDamaged>())?;
    module.add("NotABundle", py.get_type::<NotABundle>())?;
    module.add("BundleTooLarge", py.get_type::<BundleTooLarge>())?;
    module.add("NameRefused", py.get_type::<NameRefused>())?;
    module.add("BaseMissing", py.get_type::<BaseMissing>())?;
    module.add("SignatureRefused", py.get_type::<SignatureRefused>())?;
    module.add("NoSuchFile", py.get_type::<NoSuchFile>())?;
    module.add("TableRefused", py.get_type::<TableRefused>())?;
    module.add("WindowRefused", py.get_type::<WindowRefused>())?;
    module.add("WindowsFull", py.get_type::<WindowsFull>())?;
    module.add("PolicyRefused", py.get_type::<PolicyRefused>())?;
    module.add("BuildRefused", py.get_type::<BuildRefused>())
}
