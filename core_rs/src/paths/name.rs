//! One name of a file or folder.

use super::Platform;

/// What file systems take is 255 bytes; below it is room for an ending and for the name of a temporary file.
pub const MOST_NAME_BYTES: usize = 200;

/// Why a name cannot be that of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// There is nothing to call a file.
    #[error("it is empty")]
    Empty,
    /// It means a folder already.
    #[error("it is . or .., which mean the folder itself and the one around it")]
    Dots,
    /// It would be cut, or refused.
    #[error("it is longer than {MOST_NAME_BYTES} bytes")]
    TooLong,
    /// Names of files that tools read are texts.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// Among them the zero byte, the end of a line and the tabulator.
    #[error("it has the control character {0:?}")]
    Control(char),
    /// The sign between two names.
    #[error("it has {0:?}, which stands between the names of a path")]
    Separator(char),
    /// Windows keeps it for itself.
    #[error("it has {0:?}, which Windows refuses in names")]
    Forbidden(char),
    /// Windows drops it, and so opens another file.
    #[error("it ends with a dot or a space, which Windows drops")]
    Ending,
    /// Windows opens no file, but a device.
    #[error("it is {0:?}, which is a device on Windows")]
    Device(String),
}

/// Whether a file or folder can have this name and keep it.
///
/// Control characters are refused everywhere: no system but Linux takes them all, and no list of files shows them.
pub fn check_name(name: &[u8], platform: Platform) -> Result<(), NameFault> {
    let text = std::str::from_utf8(name).map_err(|_| NameFault::NotUtf8)?;
    match text {
        "" => return Err(NameFault::Empty),
        "." | ".." => return Err(NameFault::Dots),
        _ if text.len() > MOST_NAME_BYTES => return Err(NameFault::TooLong),
        _ => {}
    }
    for sign in text.chars() {
        if sign.is_control() {
            return Err(NameFault::Control(sign));
        }
        if platform.is_separator(sign) {
            return Err(NameFault::Separator(sign));
        }
    }
    if platform == Platform::Windows { check_for_windows(text) } else { Ok(()) }
}

fn check_for_windows(name: &str) -> Result<(), NameFault> {
    if let Some(sign) = name.chars().find(|sign| matches!(sign, '<' | '>' | ':' | '"' | '|' | '?' | '*')) {
        return Err(NameFault::Forbidden(sign));
    }
    if name.ends_with(['.', ' ']) {
        return Err(NameFault::Ending);
    }
    if is_device(name) { Err(NameFault::Device(stem(name).to_owned())) } else { Ok(()) }
}

/// What Windows looks at: devices may have any ending, and spaces before it.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name).trim_end()
}

/// Whether Windows opens a device for this name.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = stem(name);
    // The longest is CONOUT$; most names are out by their length.
    if !(3..=7).contains(&stem.len()) {
        return false;
    }
    let stem = stem.to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let Some(port) = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")) else { return false };
    matches!(port, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
}
