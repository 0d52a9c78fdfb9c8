//! The exact and fast parts of toolboxai.
//!
//! Every module here is plain Rust; only `py` (behind the `python` feature) knows `PyO3`.
#![deny(unsafe_code)]

pub mod admit;
pub mod answer;
pub mod build;
pub mod bundle;
pub mod canonical;
pub mod diagnostic;
pub mod diff;
pub mod hashing;
pub mod json;
pub mod jsonc;
pub mod keys;
pub mod limits;
pub mod mac;
pub mod mapping;
pub mod paths;
pub mod project;
pub mod replay;
pub mod sign;
pub mod sockets;
pub mod sourcemap;
pub mod spent;
pub mod table;
pub mod tree;
pub mod values;
pub mod watch;
pub mod watching;

mod held;
#[cfg(test)]
mod model;
mod replace_file;
mod room;
mod wire;

#[cfg(feature = "python")]
mod py;
