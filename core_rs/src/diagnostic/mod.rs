//! What is wrong with a project, said at its place; one wrong file never hides what is wrong with another.

use std::path::{Path, PathBuf};

/// Whether a build can be trusted in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something is not what the writer seems to have meant; all of it is built.
    Warning,
    /// Something is left out, so a build is refused.
    Error,
}

/// A place in a text, both counted from 1; columns are characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    #[allow(missing_docs, reason = "the names say it")]
    pub line: u32,
    #[allow(missing_docs, reason = "the names say it")]
    pub column: u32,
}

/// One thing that a person can mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// The file or folder that it is about.
    pub path: PathBuf,
    /// Where in the file; None for a file or folder as a whole.
    pub place: Option<Place>,
    #[allow(missing_docs, reason = "the type says it")]
    pub severity: Severity,
    /// A stable word for programs, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What may stand there or what to do; empty where the message says it all.
    pub help: String,
}

impl Diagnostic {
    /// Something that keeps a build from being made.
    #[must_use]
    pub fn error(
        path: &Path,
        place: Option<Place>,
        code: &'static str,
        message: String,
        help: String,
    ) -> Self {
        Self { path: path.to_path_buf(), place, severity: Severity::Error, code, message, help }
    }

    /// Something that is told, and built all the same.
    #[must_use]
    pub fn warning(
        path: &Path,
        place: Option<Place>,
        code: &'static str,
        message: String,
        help: String,
    ) -> Self {
        Self { path: path.to_path_buf(), place, severity: Severity::Warning, code, message, help }
    }
}
