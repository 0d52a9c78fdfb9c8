//! The kinds of files that are built.

use std::path::Path;

/// A kind of file; the name of a file says which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called as the files end")]
pub enum Format {
    Rbxl,
    Rbxlx,
    Rbxm,
    Rbxmx,
}

/// The ends of names, to say what may stand there.
pub const FORMATS: [(&str, Format); 4] =
    [("rbxl", Format::Rbxl), ("rbxlx", Format::Rbxlx), ("rbxm", Format::Rbxm), ("rbxmx", Format::Rbxmx)];

impl Format {
    /// The format of a file of this name.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of_word(path.extension()?.to_str()?)
    }

    /// The format that is called so.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        FORMATS.iter().find(|(end, _)| *end == word).map(|(_, format)| *format)
    }

    /// Whether the root itself, which is the game, is left out.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, Self::Rbxl | Self::Rbxlx)
    }

    /// Whether it is a text.
    #[must_use]
    pub fn is_xml(self) -> bool {
        matches!(self, Self::Rbxlx | Self::Rbxmx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_the_format() {
        for (end, format) in FORMATS {
            assert_eq!(Some(format), Format::of_path(Path::new(&format!("a.b.{end}"))));
        }
        for other in ["a", "rbxl", "a.RBXL", "a.rbxl.txt"] {
            assert_eq!(None, Format::of_path(Path::new(other)));
        }
    }
}
