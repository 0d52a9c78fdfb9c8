//! The exact and fast parts of toolboxai.
//!
//! Every module here is plain Rust; only `py` (behind the `python` feature) knows `PyO3`.
#![deny(unsafe_code)]

pub mod hashing;

#[cfg(feature = "python")]
mod py;
