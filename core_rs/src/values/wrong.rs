//! A value that cannot stand where it stands.

use crate::diagnostic::Place;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongValue {
    #[allow(missing_docs, reason = "the type says it")]
    pub at: Place,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What may stand there.
    pub help: String,
}
