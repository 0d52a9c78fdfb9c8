//! Project files: any bytes make a project or say what is wrong, and what a project holds can be asked of any path.

use std::path::Path;

use _core::diagnostic::Severity;
use _core::project::{ProjectNode, read};

pub type Input<'a> = (&'a str, &'a [u8]);

pub fn run(input: Input<'_>) {
    let (inside, text) = input;
    let file = Path::new("/game/default.project.json");
    let (project, found) = read(text, file);
    assert!(found.iter().all(|it| it.path == file && !it.message.is_empty()));
    let Some(project) = project else {
        assert!(found.iter().any(|it| it.severity == Severity::Error));
        return;
    };
    check_sorted(&project.tree);
    let path = project.folder().join(inside);
    let _ = project.ignore.is_ignored(&path);
    for rule in &project.sync_rules {
        let _ = rule.matches(&path);
        assert!(inside.starts_with(rule.name_of(inside)));
    }
    // An absolute path leaves the folder, and what is outside of it is no affair of the project.
    if !path.starts_with(project.folder()) {
        assert!(!project.ignore.is_ignored(&path));
        assert!(!project.sync_rules.iter().any(|rule| rule.matches(&path)));
    }
}

fn check_sorted(node: &ProjectNode) {
    assert!(node.children.is_sorted_by(|(one, _), (other, _)| one < other));
    assert!(node.properties.is_sorted_by(|(one, ..), (other, ..)| one < other));
    node.children.iter().for_each(|(_, child)| check_sorted(child));
}
