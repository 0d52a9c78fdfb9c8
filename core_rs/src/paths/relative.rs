//! Paths from a project's folder on.

use super::Platform;
use super::name::{NameFault, check_name};

/// What Windows takes of a path where nothing asks it for more, its end counted in: 260.
pub const MOST_PATH_UNITS: usize = 259;

/// What Linux and macOS take, their end counted in: 4096 and 1024.
const MOST_LINUX_BYTES: usize = 4095;
const MOST_MAC_BYTES: usize = 1023;

/// Why a path is not one of the project.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// Two names for one thing are one too many.
    #[error("it is empty")]
    Empty,
    /// It means the same place in every project.
    #[error("it is absolute")]
    Absolute,
    /// It leaves the project's folder.
    #[error("it leads out of the folder")]
    Outside,
    /// The longest that the platform takes.
    #[error("it has {has}, and {most} is the most")]
    TooLong {
        #[allow(missing_docs, reason = "the name says it")]
        has: usize,
        #[allow(missing_docs, reason = "the name says it")]
        most: usize,
    },
    /// One of its names cannot be that of a file.
    #[error("in it is {name:?}: {fault}")]
    Name {
        #[allow(missing_docs, reason = "the name says it")]
        name: String,
        #[allow(missing_docs, reason = "the name says it")]
        fault: NameFault,
    },
}

/// Whether a path says where it is from the root of a file system, a drive or a server on.
///
/// `C:a` is too: it is from a folder on that one cannot know.
#[must_use]
pub fn is_absolute(path: &str, platform: Platform) -> bool {
    let starts_at_the_root = path.starts_with(|sign| platform.is_separator(sign));
    let has_drive = platform == Platform::Windows && {
        let mut signs = path.chars();
        signs.next().is_some_and(|sign| sign.is_ascii_alphabetic()) && signs.next() == Some(':')
    };
    starts_at_the_root || has_drive
}

/// The names of a path below a folder, `.` and `..` followed by their letters alone; no link is followed.
///
/// A path that leaves the folder on its way is refused, also if it comes back: what lies outside is nobody's to ask.
pub fn inside(path: &str, platform: Platform) -> Result<Vec<&str>, PathFault> {
    if path.is_empty() {
        return Err(PathFault::Empty);
    }
    if is_absolute(path, platform) {
        return Err(PathFault::Absolute);
    }
    let mut names = Vec::new();
    for name in path.split(|sign| platform.is_separator(sign)) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop().ok_or(PathFault::Outside)?),
            _ => {
                check_name(name.as_bytes(), platform)
                    .map_err(|fault| PathFault::Name { name: name.to_owned(), fault })?;
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// Whether a whole path, with what stands before the project's folder, is short enough to be opened.
///
/// Windows counts UTF-16 units and the others bytes.
pub fn check_length(path: &str, platform: Platform) -> Result<(), PathFault> {
    let (has, most) = match platform {
        Platform::Linux => (path.len(), MOST_LINUX_BYTES),
        Platform::MacOs => (path.len(), MOST_MAC_BYTES),
        Platform::Windows => (path.encode_utf16().count(), MOST_PATH_UNITS),
    };
    if has > most { Err(PathFault::TooLong { has, most }) } else { Ok(()) }
}

/// A path with `/` between its names, as it stands in files and on the wire.
#[must_use]
pub fn slashed(path: &str, platform: Platform) -> String {
    match platform {
        Platform::Windows => path.replace('\\', "/"),
        // A backslash is a sign of a name there.
        Platform::Linux | Platform::MacOs => path.to_owned(),
    }
}
