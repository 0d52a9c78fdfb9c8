//! Which names and paths a platform takes, told on any platform.
//!
//! Nothing here asks a file system, so what Windows would do is known on Linux too. A name that would be changed, taken
//! for another or refused is never written under another name without a word: the caller leaves it out and says why.

mod clash;
mod name;
mod relative;
#[cfg(test)]
mod tests;

pub use clash::{clash_key, clashes};
pub(crate) use name::is_device;
pub use name::{MOST_NAME_BYTES, NameFault, check_name};
pub use relative::{MOST_PATH_UNITS, PathFault, check_length, inside, is_absolute, slashed};

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Platform {
    Linux,
    MacOs,
    Windows,
}

impl Platform {
    /// All of them, for what has to be right everywhere.
    pub const ALL: [Self; 3] = [Self::Linux, Self::MacOs, Self::Windows];

    /// The one that this runs on; what is neither Windows nor macOS has the rules of Linux.
    #[must_use]
    pub const fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    /// Whether two names of a folder that differ only in case or in how letters are composed are one file.
    ///
    /// So it is as these systems are delivered; a volume may be set up to be otherwise.
    #[must_use]
    pub const fn folds_names(self) -> bool {
        !matches!(self, Self::Linux)
    }

    const fn is_separator(self, sign: char) -> bool {
        sign == '/' || (sign == '\\' && matches!(self, Self::Windows))
    }
}
