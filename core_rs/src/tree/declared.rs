//! What a project file declares, put together with what its `$path`s lead to.

use std::path::Path;
use std::sync::Arc;

use rbx_dom_weak::{Ustr, ustr};
use rbx_reflection::ClassTag;

use crate::diagnostic::{Diagnostic, Severity};
use crate::mapping::{set_attributes, set_properties};
use crate::project::{ProjectNode, TargetPath};
use crate::tree::node::Node;
use crate::values::classes;

/// The nodes of one project file, put together.
pub(super) struct Declared<'a, T: Iterator<Item = Option<Arc<Node>>>> {
    pub file: &'a Path,
    /// What each `$path` leads to, in the order of the nodes.
    pub targets: T,
    pub found: &'a mut Vec<Diagnostic>,
}

impl<T: Iterator<Item = Option<Arc<Node>>>> Declared<'_, T> {
    /// The instance of a node, in a parent of a class; none for what is optional and not there, and for what is wrong.
    pub fn node(&mut self, name: &str, declared: &ProjectNode, parent: Option<Ustr>) -> Option<Node> {
        let from_path = match &declared.path {
            Some(_) => self.targets.next().flatten(),
            None => None,
        };
        let inferred = parent.and_then(|parent| inferred_class(name, parent));
        let class = self.class(name, declared, from_path.as_deref(), inferred);
        // Those below are put together all the same: their paths have their turn, and what is wrong with them is told.
        let below = class.or(declared.class_name).or(inferred).unwrap_or_else(|| ustr("Folder"));
        let is_nowhere = class.is_none()
            && from_path.is_none()
            && declared.path.as_ref().is_some_and(|target| target.is_optional);
        let before = self.found.len();
        let children: Vec<_> = declared
            .children
            .iter()
            .filter_map(|(name, child)| self.node(name, child, Some(below)).map(Arc::new))
            .collect();
        if is_nowhere {
            // Nothing of it is built, so nothing of it keeps a build from being made.
            self.found[before..].iter_mut().for_each(|it| it.severity = Severity::Warning);
        }
        let class = class?;
        let mut node = from_path.map_or_else(|| Node::new(name, &class), Arc::unwrap_or_clone);
        node.name = name.into();
        node.class = class;
        node.children.extend(children);
        self.set_values(&mut node, declared);
        node.keeps_unknown = declared.keeps_unknown.unwrap_or(node.keeps_unknown || declared.path.is_none());
        if let Some(id) = &declared.id {
            node.id = Some(id.as_str().into());
        }
        node.origin.is_declared = true;
        Some(node)
    }

    fn set_values(&mut self, node: &mut Node, declared: &ProjectNode) {
        let is_fixed = |name: &str| matches!(name, "Name" | "Parent");
        if declared.properties.iter().any(|(name, ..)| is_fixed(name)) {
            for (property, at, _) in declared.properties.iter().filter(|(name, ..)| is_fixed(name)) {
                self.found.push(Diagnostic::warning(
                    self.file,
                    Some(*at),
                    "fixed-property",
                    format!("{property} follows from where the node stands, and is not set"),
                    "remove it".to_owned(),
                ));
            }
            let known = (node.get("Name").cloned(), node.get("Parent").cloned());
            set_properties(node, &declared.properties, self.file, self.found);
            node.properties.retain(|(name, _)| !is_fixed(name));
            for (name, value) in [("Name", known.0), ("Parent", known.1)] {
                if let Some(value) = value {
                    node.set(ustr(name), value);
                }
            }
        } else {
            set_properties(node, &declared.properties, self.file, self.found);
        }
        set_attributes(node, &declared.attributes, self.file, self.found);
    }

    fn class(
        &mut self,
        name: &str,
        declared: &ProjectNode,
        from_path: Option<&Node>,
        inferred: Option<Ustr>,
    ) -> Option<Ustr> {
        let named = declared.class_name;
        match (named, from_path.map(|node| node.class), inferred, &declared.path) {
            (Some(named), Some(class), _, Some(target)) if class != "Folder" => {
                let message =
                    format!("{name:?} is declared as a {named}, and {} is a {class}", shown(target));
                let help = "remove $className, or let $path name a folder without an init file".to_owned();
                self.found.push(Diagnostic::error(self.file, Some(target.at), "two-classes", message, help));
                None
            }
            (Some(class), Some(_), ..) | (None, Some(class), None, _) => Some(class),
            (None, Some(class), Some(inferred), _) => Some(if class == "Folder" { inferred } else { class }),
            (Some(class), None, _, target) | (None, None, Some(class), target) => {
                if let Some(target) = target.as_ref().filter(|target| !target.is_optional) {
                    let help = "write it, or {\"optional\": ...} around the path".to_owned();
                    let message =
                        format!("{} makes no instance, so {name:?} is an empty {class}", shown(target));
                    self.found.push(Diagnostic::warning(
                        self.file,
                        Some(target.at),
                        "no-target",
                        message,
                        help,
                    ));
                }
                Some(class)
            }
            (None, None, None, Some(target)) if target.is_optional => None,
            (None, None, None, Some(target)) => {
                let message = format!("{} makes no instance", shown(target));
                let help =
                    "let $path name a folder or a file that does, or write {\"optional\": ...} around it";
                self.found.push(Diagnostic::error(
                    self.file,
                    Some(target.at),
                    "no-target",
                    message,
                    help.to_owned(),
                ));
                None
            }
            (None, None, None, None) => {
                let message = format!("{name:?} has neither $className nor $path, and is no service");
                let help = "give it \"$className\": \"Folder\", or a \"$path\"".to_owned();
                self.found.push(Diagnostic::error(self.file, Some(declared.at), "no-class", message, help));
                None
            }
        }
    }
}

fn shown(target: &TargetPath) -> String {
    format!("{:?}", target.path.to_string_lossy())
}

/// The class of what is called like a service where services are, and of the like.
fn inferred_class(name: &str, parent: Ustr) -> Option<Ustr> {
    let is_so = match parent.as_str() {
        "DataModel" => {
            classes().classes.get(name).is_some_and(|class| class.tags.contains(&ClassTag::Service))
        }
        "StarterPlayer" => matches!(name, "StarterPlayerScripts" | "StarterCharacterScripts"),
        "Workspace" => name == "Terrain",
        _ => false,
    };
    is_so.then(|| ustr(name))
}
