//! How much is told about one file.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};

/// What one file is told; nobody reads more, and finding what was meant takes its time for each.
const MOST_TOLD: usize = 100;
const TOO_MANY: &str = "too-many";

/// Tell something about a file, unless it was told enough. An error is never lost: one says that there are more.
pub(super) fn tell(diagnostic: Diagnostic, found: &mut Vec<Diagnostic>) {
    let first = found.len().checked_sub(MOST_TOLD).and_then(|at| found.get(at));
    if first.is_none_or(|first| first.path != diagnostic.path) {
        found.push(diagnostic);
    } else if diagnostic.severity == Severity::Error && !is_over(&diagnostic.path, found) {
        found.push(Diagnostic::error(
            &diagnostic.path,
            diagnostic.place,
            TOO_MANY,
            "more is wrong with the file from here on".to_owned(),
            "mend what is told above".to_owned(),
        ));
    }
}

/// Whether nothing more that is found in a file changes what is known of it.
pub(super) fn is_over(path: &Path, found: &[Diagnostic]) -> bool {
    found.last().is_some_and(|last| last.code == TOO_MANY && last.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(severity: Severity, path: &str) -> Diagnostic {
        let path = Path::new(path);
        let it = Diagnostic::error(path, None, "it", String::new(), String::new());
        Diagnostic { severity, ..it }
    }

    #[test]
    fn a_file_is_told_so_much_and_then_that_there_is_more() {
        let mut found = vec![some(Severity::Error, "other"); 7];
        for _ in 0..1_000 {
            tell(some(Severity::Error, "it"), &mut found);
        }
        assert_eq!(7 + MOST_TOLD + 1, found.len());
        assert!(is_over(Path::new("it"), &found) && !is_over(Path::new("other"), &found));
        tell(some(Severity::Error, "third"), &mut found);
        assert_eq!(Path::new("third"), found.last().unwrap().path);
    }

    #[test]
    fn warnings_never_hide_an_error() {
        let mut found = Vec::new();
        for _ in 0..1_000 {
            tell(some(Severity::Warning, "it"), &mut found);
        }
        assert_eq!(MOST_TOLD, found.len());
        tell(some(Severity::Error, "it"), &mut found);
        assert_eq!((MOST_TOLD + 1, Severity::Error), (found.len(), found.last().unwrap().severity));
    }
}
