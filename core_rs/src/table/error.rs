//! Why there is no table.

use std::io;

use super::header;
use crate::keys::names::Epoch;

/// Why there is no table. Each sentence is for the person who started the program.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A size.
    #[error("the table can hold between 1 and {most} {what}, not {asked}")]
    Size {
        /// Of what.
        what: &'static str,
        /// What was asked for.
        asked: u32,
        /// What there may be.
        most: u32,
    },
    /// Memory.
    #[error("the table needs {} MiB of memory and {} MiB are available; make the table smaller", wanted.div_ceil(1 << 20), available >> 20)]
    Memory {
        /// Bytes.
        wanted: u64,
        /// Bytes.
        available: u64,
    },
    /// A platform without sealed memory.
    #[cfg(not(target_os = "linux"))]
    #[error("a table that several processes share needs Linux; here one process serves alone")]
    Platform,
    /// A call that failed.
    #[error("the table could not {doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Not a table.
    #[error("the descriptor is not a table of this program")]
    Foreign,
    /// A table of another layout.
    #[error(
        "the table has layout {found}, this program knows layout {}: all processes must be of one version",
        header::LAYOUT_VERSION
    )]
    Version {
        /// Its layout.
        found: u64,
    },
    /// Seals.
    #[error("the table's memory is not sealed, so its length could change under the workers")]
    Unsealed,
    /// A length.
    #[error("the table is {found} bytes long and says of itself {told}")]
    Length {
        /// Bytes.
        found: u64,
        /// Bytes.
        told: u64,
    },
    /// A broken header.
    #[error("the table's first page is damaged")]
    Damaged,
    /// Another boot.
    #[error("the table is from before the machine was last started")]
    OtherBoot,
    /// Another namespace.
    #[error("the table belongs to processes of another namespace, whose ids or clock mean nothing here")]
    OtherNamespace,
    /// Another life.
    #[error("the table is of epoch {found}, the supervisor named {wanted}")]
    OtherEpoch {
        /// Its epoch.
        found: Epoch,
        /// The one named.
        wanted: Epoch,
    },
}
