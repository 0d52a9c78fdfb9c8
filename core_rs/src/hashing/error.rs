//! What can go wrong while files are read and hashed.

use std::fmt::{self, Display, Formatter, Write};
use std::io;
use std::path::{Path, PathBuf};

use crate::watch::Cancelled;

#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    #[error("cannot read {}: {}", Shown(path), Reason(source))]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {}", Shown(path), Reason(source))]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is not a folder", Shown(.0))]
    NotAFolder(PathBuf),
    #[error("{} is not a file", Shown(.0))]
    NotAFile(PathBuf),
    #[error("{} changed while it was read: try again when it is at rest", Shown(.0))]
    Changed(PathBuf),
    #[error("cannot start {threads} threads: {reason}")]
    Threads { threads: usize, reason: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl HashingError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| match source.kind() {
            // Fewer bytes than its length said a moment ago: somebody shortened it.
            io::ErrorKind::UnexpectedEof => Self::Changed(path.to_owned()),
            _ => Self::Read { path: path.to_owned(), source },
        }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

/// A path in a sentence: what a terminal would obey is spelled out.
pub(crate) struct Shown<'a>(pub &'a Path);

impl Display for Shown<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for one in self.0.to_string_lossy().chars() {
            if one.is_control() {
                write!(formatter, "{}", one.escape_default())?;
            } else {
                formatter.write_char(one)?;
            }
        }
        Ok(())
    }
}

/// What the system says, without its number and full stop: it ends a sentence of ours.
pub(crate) struct Reason<'a>(pub &'a io::Error);

impl Display for Reason<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let text = match self.0.raw_os_error() {
            Some(number) => text.trim_end_matches(&format!(" (os error {number})")),
            None => &text,
        };
        formatter.write_str(text.trim_end_matches(['.', '\r', '\n']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_for_people_and_not_for_terminals() {
        let missing = io::Error::from_raw_os_error(2);
        let error = HashingError::read(Path::new("les\u{1b}[2Jsons\n"))(missing).to_string();
        assert!(error.starts_with("cannot read les\\u{1b}[2Jsons\\n: "), "{error}");
        assert!(!error.contains("os error") && !error.ends_with('.'), "{error}");
        let odd = HashingError::write(Path::new("ä"))(io::Error::other("it is not a file"));
        assert_eq!("cannot write ä: it is not a file", odd.to_string());
    }
}
