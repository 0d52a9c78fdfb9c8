//! Folders as single files: content cut into chunks named by their digests, compressed in packs, indexed and, if
//! wanted, signed. A bundle may carry only what a reader lacks who holds an earlier version.
//!
//! The format is in docs/bundle-format.md.
#![allow(
    missing_docs,
    reason = "names and messages speak for themselves; what they leave open has a comment"
)]

mod caps;
mod chunk;
mod compress;
mod container;
mod cut;
mod error;
mod fetch;
mod folder;
#[cfg(fuzzing)]
pub mod fuzzing;
mod layout;
mod line;
mod manifest;
mod names;
mod open;
mod ordered;
mod output;
mod pack;
mod sources;
mod staging;
mod unpack;
mod verify;
mod write;

pub use caps::{DEFAULT_MOST_READ_BYTES, DEFAULT_MOST_UNPACKED_BYTES};
pub use container::Signature;
pub use error::{BundleError, SignatureFault};
pub use manifest::{Entry, Kind, Manifest};
pub use names::NameFault;
pub use open::Bundle;
pub use pack::{Blob, PackOptions, Packed, delta, join, pack_blobs, pack_folder};
pub use unpack::{UnpackOptions, Unpacked, unpack};
pub use verify::{Verified, read_file, verify};
