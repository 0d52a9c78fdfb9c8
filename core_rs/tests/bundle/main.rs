//! Bundles from outside: what they promise to those who make, read and unpack them.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod craft;
mod folder;
mod hostile;
mod killed;
mod round_trip;
mod stopped;
mod versions;
