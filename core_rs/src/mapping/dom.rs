//! What a model reader gives, as nodes.

use std::collections::HashMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rbx_dom_weak::types::Ref;
use rbx_dom_weak::{Instance, WeakDom};

use crate::diagnostic::Diagnostic;
use crate::mapping::Input;
use crate::tree::Node;

/// How many instances may be inside of each other. What walks a tree may do it on its stack.
pub(super) const MOST_DEPTH: usize = 256;

/// What a reader gives. One that panics has met a file that nobody thought of, which is no reason to end everything.
pub(super) fn unless_it_panics<E: Display>(
    read: impl FnOnce() -> Result<WeakDom, E>,
) -> Result<WeakDom, String> {
    // The reader is dropped with all that it holds.
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("the reader of models gave up on the file".to_owned()),
    }
}

/// The one instance at the top of a model, called by its file. References point at `Node::referent`s.
pub(super) fn only_root(tree: WeakDom, input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let (top, mut instances) = tree.into_raw();
    let roots = instances.get(&top)?.children().to_vec();
    let &[root] = roots.as_slice() else {
        found.push(Diagnostic::error(
            input.path,
            None,
            "not-one-instance",
            format!("the model has {} instances at its top, and a file is one instance", roots.len()),
            "put them into a Folder or a Model, and save that".to_owned(),
        ));
        return None;
    };
    // Parents before their children.
    let mut order = vec![(root, 1)];
    let mut at = 0;
    while let Some(&(id, depth)) = order.get(at) {
        if depth > MOST_DEPTH {
            found.push(too_deep(input));
            return None;
        }
        at += 1;
        let children = instances.get(&id).map(Instance::children).unwrap_or_default();
        order.extend(children.iter().map(|child| (*child, depth + 1)));
    }
    let mut nodes: HashMap<Ref, Node> = HashMap::new();
    for (id, _) in order.into_iter().rev() {
        let instance = instances.remove(&id)?;
        let children =
            instance.children().iter().filter_map(|child| nodes.remove(child)).map(Arc::new).collect();
        nodes.insert(id, node(instance, id, children));
    }
    let mut node = nodes.remove(&root)?;
    node.name = input.name.into();
    Some(node)
}

/// That a model is nested deeper than is read.
pub(super) fn too_deep(input: &Input<'_>) -> Diagnostic {
    let message = format!("more than {MOST_DEPTH} instances are inside of each other");
    Diagnostic::error(input.path, None, "too-deep", message, "make the tree flatter".to_owned())
}

fn node(instance: Instance, referent: Ref, children: Vec<Arc<Node>>) -> Node {
    let mut properties: Vec<_> = instance.properties.into_iter().collect();
    properties.sort_unstable_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    let mut node = Node::new(&instance.name, "");
    node.class = instance.class;
    node.properties = properties;
    node.children = children;
    node.referent = referent;
    node
}
