//! The way from a folder to a file.

use std::path::{Component, Path, PathBuf};

/// The same for what lies below the folder and is written plainly, as nearly everything is.
pub(super) fn below<'a>(file: &'a Path, folder: &Path) -> Option<&'a str> {
    let inside = file.to_str()?.strip_prefix(folder.to_str()?)?.strip_prefix('/')?;
    let is_plain = !inside.contains("//") && !inside.starts_with(['.', '/']) && !inside.contains("/.");
    is_plain.then_some(inside)
}

/// The path of `file` from `folder`, both absolute: as they are written, links are not asked.
pub(super) fn relative(file: &Path, folder: &Path) -> PathBuf {
    if let Ok(inside) = file.strip_prefix(folder) {
        return inside.to_path_buf();
    }
    let (mut to, mut from) = (file.components().peekable(), folder.components().peekable());
    while to.peek().is_some() && to.peek() == from.peek() {
        to.next();
        from.next();
    }
    from.map(|_| Component::ParentDir).chain(to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_plainly_is_the_rest_of_the_path() {
        assert_eq!(Some("b/c.lua"), below(Path::new("/a/b/c.lua"), Path::new("/a")));
        for other in ["/ab/c", "/a/../c", "/a/b/./c", "/a//c", "/a", "/x/c"] {
            assert_eq!(None, below(Path::new(other), Path::new("/a")), "{other}");
        }
    }

    #[test]
    fn the_way_goes_up_as_far_as_it_must() {
        for (expected, file, folder) in [
            ("b/c", "/a/b/c", "/a"),
            ("../c", "/a/c", "/a/b"),
            ("../../x/y", "/x/y", "/a/b"),
            ("../c", "/a/../c", "/a"),
            ("b", "/a/./b", "/a"),
            ("../b", "/b", "/a"),
        ] {
            assert_eq!(
                Path::new(expected),
                relative(Path::new(file), Path::new(folder)),
                "{file} from {folder}"
            );
        }
    }
}
