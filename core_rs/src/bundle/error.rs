//! Why a bundle cannot be made, read or trusted.

use std::io;
use std::path::{Path, PathBuf};

use super::names::NameFault;
use crate::hashing::{HashingError, Shown};
use crate::watch::Cancelled;
use crate::wire::WireError;

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// What is wrong with one of several bundles.
    #[error("{}: {error}", Shown(path))]
    In { path: PathBuf, error: Box<BundleError> },
    #[error("this is not a bundle: it does not begin like one")]
    NotABundle,
    #[error("the bundle is written in format {0}, and this program reads format {FORMAT}: update the program", FORMAT = super::container::FORMAT)]
    NewerFormat(u8),
    #[error("the bundle is damaged: {0}")]
    Damaged(String),
    #[error("the bundle's files add up to {bytes} bytes, more than the {cap} that are allowed")]
    TooLarge { bytes: u64, cap: u64 },
    #[error("{path:?} has {bytes} bytes, more than the {cap} that are allowed")]
    FileTooLarge { path: String, bytes: u64, cap: u64 },
    #[error("too much for one bundle: {what} would be {value}, and the most is {cap}")]
    TooMuch { what: &'static str, value: u64, cap: u64 },
    #[error("the name {path:?} is refused: {fault}")]
    Name { path: String, fault: NameFault },
    #[error(
        "the bundle lacks {count} of its chunks: it carries only what changed since {base}, which is needed too"
    )]
    BaseMissing { count: usize, base: String },
    #[error("the signature is refused: {0}")]
    Signature(SignatureFault),
    #[error("{} is already there: choose a name that is free, or an empty folder", Shown(.0))]
    TargetExists(PathBuf),
    #[error("{} cannot be made: name a folder that is not there yet", Shown(.0))]
    TargetUnnamed(PathBuf),
    #[error("{} is inside the folder that is packed, and would be part of the next bundle", Shown(.0))]
    OutputInside(PathBuf),
    #[error("the bundle has no file {0:?}")]
    NoSuchFile(String),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("the bundle is not signed")]
    Unsigned,
    #[error("the bundle is signed with another key than the one that is trusted")]
    OtherKey,
    #[error("it does not belong to this content")]
    Wrong,
}

impl BundleError {
    pub(super) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged(reason.into())
    }

    /// Say which bundle it is about.
    pub(super) fn about(self, path: &Path) -> Self {
        Self::In { path: path.to_owned(), error: Box::new(self) }
    }

    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Hashing(HashingError::read(path)(error))
    }

    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::Hashing(HashingError::write(path)(error))
    }
}

impl From<WireError> for BundleError {
    fn from(error: WireError) -> Self {
        Self::Damaged(error.to_string())
    }
}
