//! JSON as people write it in projects: with comments and trailing commas, and each value with its place.
//!
//! What is read is what Rojo reads. So names may stand without quotes, quotes may be single, commas may be missing, and
//! whole numbers may be hexadecimal; of a name that stands twice in an object the last value holds.

mod parse;
mod places;
#[cfg(test)]
mod tests;
mod wrong;

pub use parse::parse;

use crate::diagnostic::Place;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned {
    #[allow(missing_docs, reason = "the type says it")]
    pub value: Value,
    /// Its first character.
    pub at: Place,
}

/// What JSON can say.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value {
    Null,
    Bool(bool),
    /// Its nearest double, and the number as it is written: `+1`, `0xFF`, `1e999`.
    Number(f64, Box<str>),
    String(String),
    Array(Vec<Spanned>),
    /// In the order of the file, each name once.
    Object(Vec<Member>),
}

/// One name of an object and what stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    #[allow(missing_docs, reason = "the name says it")]
    pub key: String,
    #[allow(missing_docs, reason = "the name says it")]
    pub key_at: Place,
    #[allow(missing_docs, reason = "the name says it")]
    pub value: Spanned,
}
