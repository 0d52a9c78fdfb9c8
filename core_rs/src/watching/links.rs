//! Folders that have several paths, because a link leads to them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The system tells of a folder under one of its paths only, whichever was watched last.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// A link, and the folder that it leads to.
    pairs: BTreeSet<(PathBuf, PathBuf)>,
}

impl Links {
    /// A path that is watched, and what it is in truth.
    pub(super) fn add(&mut self, path: &Path, real: PathBuf) {
        if path != real {
            self.pairs.insert((path.to_owned(), real));
        }
    }

    /// Forget a link that changed; the other paths of what it led to, of which the system may tell no longer.
    pub(super) fn forget(&mut self, link: &Path) -> BTreeSet<PathBuf> {
        let led: Vec<_> = self.pairs.iter().filter(|(known, _)| known == link).cloned().collect();
        let mut others = BTreeSet::new();
        for pair in led {
            others.extend(self.paths(pair.1.clone()));
            self.pairs.remove(&pair);
        }
        others.remove(link);
        others
    }

    /// All paths of a folder, itself among them.
    pub(super) fn paths(&self, folder: PathBuf) -> BTreeSet<PathBuf> {
        let mut all = BTreeSet::new();
        // A link may lead into a folder that another leads to. One that leads back into itself makes paths without
        // end, and none of them is watched beyond the first.
        let mut left = vec![(folder, 0)];
        while let Some((path, steps)) = left.pop() {
            if steps <= self.pairs.len() {
                let other = |from: &Path, to: &Path| Some((replaced(&path, from, to)?, steps + 1));
                let reals = self.pairs.iter().filter_map(|(link, real)| other(link, real));
                let links = self.pairs.iter().filter_map(|(link, real)| {
                    // A link inside of what it leads to would be gone around for ever.
                    if link.starts_with(real) { None } else { other(real, link) }
                });
                left.extend(reals.chain(links).filter(|(path, _)| !all.contains(path)));
            }
            all.insert(path);
        }
        all
    }
}

fn replaced(path: &Path, from: &Path, to: &Path) -> Option<PathBuf> {
    let rest = path.strip_prefix(from).ok()?;
    // Joining nothing would put a slash at the end.
    Some(if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(links: &[(&str, &str)], folder: &str) -> Vec<String> {
        let mut all = Links::default();
        for (link, real) in links {
            all.add(Path::new(link), PathBuf::from(real));
        }
        all.paths(PathBuf::from(folder)).iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn a_folder_is_told_under_every_path_that_leads_to_it() {
        let links = [("/p/a", "/real"), ("/p/b", "/real"), ("/p/c", "/other")];
        assert_eq!(["/p/a/x", "/p/b/x", "/real/x"], *paths(&links, "/p/a/x"));
        assert_eq!(["/p/a", "/p/b", "/real"], *paths(&links, "/real"));
        assert_eq!(["/p/x"], *paths(&links, "/p/x"));
        assert_eq!(["/realx"], *paths(&links, "/realx"));
    }

    #[test]
    fn a_link_that_is_forgotten_leaves_the_other_paths() {
        let mut links = Links::default();
        links.add(Path::new("/p/a"), "/real".into());
        links.add(Path::new("/p/b"), "/real".into());
        assert_eq!(BTreeSet::new(), links.forget(Path::new("/p/c")));
        assert_eq!(
            ["/p/b", "/real"].map(PathBuf::from),
            *links.forget(Path::new("/p/a")).into_iter().collect::<Vec<_>>()
        );
        assert_eq!(
            ["/p/b", "/real"].map(PathBuf::from),
            *links.paths("/real".into()).into_iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_link_behind_a_link_is_followed() {
        let links = [("/l", "/p"), ("/p/a", "/real")];
        assert_eq!(["/l/a/x", "/p/a/x", "/real/x"], *paths(&links, "/real/x"));
    }

    #[test]
    fn a_link_into_itself_comes_to_an_end() {
        assert_eq!(["/p/x"], *paths(&[("/p/loop", "/p")], "/p/x"));
        assert_eq!(["/p/loop/x", "/p/x"], *paths(&[("/p/loop", "/p")], "/p/loop/x"));
    }

    #[test]
    fn a_path_that_is_what_it_is_is_no_link() {
        assert_eq!(["/p/x"], *paths(&[("/p", "/p")], "/p/x"));
    }
}
