use std::sync::Arc;

use proptest::prelude::*;
use rbx_dom_weak::types::Variant;

use super::*;
use crate::tree::Node;

fn node(class: &str, name: &str, children: Vec<Node>) -> Node {
    let mut node = Node::new(name, class);
    node.children = children.into_iter().map(Arc::new).collect();
    node
}

fn folder(name: &str, children: Vec<Node>) -> Node {
    node("Folder", name, children)
}

fn script(name: &str, source: &str) -> Node {
    let mut node = Node::new(name, "ModuleScript");
    node.set("Source".into(), Variant::String(source.into()));
    node
}

fn path(at: &[u32]) -> Path {
    at.into()
}

fn made(old: Node, new: Node) -> Patch {
    let (old, new) = (Arc::new(old), Arc::new(new));
    let patch = diff(&old, &new);
    assert_eq!(Ok(new), apply(&patch, &old));
    patch
}

#[test]
fn equal_trees_differ_in_nothing() {
    let tree = || folder("root", vec![script("a", "return 1"), folder("b", vec![])]);
    assert!(made(tree(), tree()).is_empty());
    let mut nan = folder("root", vec![]);
    nan.set("Value".into(), Variant::Float64(f64::NAN));
    let (nan, other) = (Arc::new(nan.clone()), Arc::new(nan));
    assert!(diff(&nan, &other).is_empty());
}

#[test]
fn an_edit_is_an_update_of_what_was_edited() {
    let tree = |text: &str| folder("root", vec![script("a", text), script("b", "return 2")]);
    let patch = made(tree("return 1"), tree("return 3"));
    let set = vec![("Source".into(), Variant::String("return 3".into()))];
    let update = Update { who: path(&[0]), name: None, set, unset: vec![], about: None };
    assert_eq!(Patch { updated: vec![update], ..Patch::default() }, patch);
}

#[test]
fn a_property_that_nobody_sets_any_more_is_unset() {
    let patch =
        made(folder("root", vec![script("a", "")]), folder("root", vec![node("ModuleScript", "a", vec![])]));
    assert_eq!(["Source"], *patch.updated[0].unset);
}

#[test]
fn what_comes_is_added_and_what_goes_removed() {
    let patch = made(folder("root", vec![script("a", "1")]), folder("root", vec![script("b", "2")]));
    assert_eq!((1, vec![path(&[0])]), (patch.added.len(), patch.removed));
    assert!(patch.moved.is_empty());
}

#[test]
fn another_class_is_another_instance() {
    let patch = made(
        folder("root", vec![node("Part", "a", vec![])]),
        folder("root", vec![node("Model", "a", vec![])]),
    );
    assert_eq!((1, 1), (patch.added.len(), patch.removed.len()));
    assert!(made(node("Part", "a", vec![]), node("Model", "a", vec![])).replaced.is_some());
}

#[test]
fn a_new_name_leaves_the_instance_itself() {
    let patch = made(
        folder("root", vec![script("old", "return 1")]),
        folder("root", vec![script("new", "return 1")]),
    );
    assert_eq!((0, 0, 0), (patch.added.len(), patch.removed.len(), patch.moved.len()));
    assert_eq!(Some("new"), patch.updated[0].name.as_deref());
}

#[test]
fn what_lies_elsewhere_is_moved() {
    let patch = made(
        folder("root", vec![folder("a", vec![script("it", "return 1")]), folder("b", vec![])]),
        folder("root", vec![folder("a", vec![]), folder("b", vec![script("it", "return 1")])]),
    );
    assert_eq!([Move { who: path(&[0, 0]), to: Who::Old(path(&[1])) }], *patch.moved);
    assert_eq!((0, 0, 0), (patch.added.len(), patch.removed.len(), patch.updated.len()));
}

#[test]
fn what_a_new_folder_holds_is_moved_into_it() {
    let long = "x".repeat(64);
    let patch = made(
        folder("root", vec![script("it", &long), script("other", "1")]),
        folder(
            "root",
            vec![folder("new", vec![folder("deep", vec![script("it", &long)]), script("more", "2")])],
        ),
    );
    assert_eq!([path(&[0])], *patch.moved.iter().map(|moved| moved.who.clone()).collect::<Vec<_>>());
    assert_eq!([path(&[1])], *patch.removed);
}

#[test]
fn what_a_removed_folder_held_is_moved_out_of_it() {
    let patch = made(
        folder("root", vec![folder("gone", vec![script("it", "return 1"), script("not", "2")])]),
        folder("root", vec![script("it", "return 1")]),
    );
    assert_eq!([Move { who: path(&[0, 0]), to: Who::Old(path(&[])) }], *patch.moved);
    assert_eq!([path(&[0])], *patch.removed);
}

#[test]
fn a_long_script_is_known_again_though_something_else_of_it_changed() {
    let long = "x".repeat(64);
    let mut other = script("b", &long);
    other.set("Disabled".into(), Variant::Bool(true));
    let patch =
        made(folder("root", vec![script("a", &long)]), folder("root", vec![folder("in", vec![other])]));
    assert_eq!(1, patch.moved.len());
    assert_eq!(["Disabled"], *patch.updated[0].set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());

    let short = made(
        folder("root", vec![script("a", "x")]),
        folder(
            "root",
            vec![folder(
                "in",
                vec![{
                    let mut other = script("b", "x");
                    other.set("Disabled".into(), Variant::Bool(true));
                    other
                }],
            )],
        ),
    );
    assert!(short.moved.is_empty());
}

#[test]
fn what_is_there_twice_is_not_known_again() {
    let two = || vec![script("a", "return 1"), script("b", "return 1")];
    let patch = made(folder("root", two()), folder("root", vec![folder("in", two())]));
    // The folder is new and both are: neither is beyond doubt the other.
    assert_eq!((0, 1, 2), (patch.moved.len(), patch.added.len(), patch.removed.len()));
}

#[test]
fn an_empty_folder_tells_nothing() {
    let patch = made(folder("root", vec![folder("a", vec![])]), folder("root", vec![folder("b", vec![])]));
    assert_eq!((1, 1), (patch.added.len(), patch.removed.len()));
}

#[test]
fn siblings_of_one_name_are_told_apart_by_what_they_are() {
    let patch = made(
        folder("root", vec![script("a", "1"), script("a", "2"), script("a", "3")]),
        folder("root", vec![script("a", "2"), script("a", "3")]),
    );
    assert_eq!([path(&[0])], *patch.removed);
    assert!(patch.updated.is_empty());
}

#[test]
fn a_declared_id_goes_before_the_name() {
    let with_id = |name: &str, id: &str| {
        let mut node = script(name, id);
        node.id = Some(id.into());
        node
    };
    let patch = made(
        folder("root", vec![with_id("a", "1"), with_id("b", "2")]),
        folder("root", vec![with_id("b", "1"), with_id("a", "2")]),
    );
    let names: Vec<_> = patch.updated.iter().map(|one| (one.who.clone(), one.name.as_deref())).collect();
    assert_eq!([(path(&[0]), Some("b")), (path(&[1]), Some("a"))], *names);
}

#[test]
fn what_did_not_change_is_shared() {
    let old = Arc::new(folder("root", vec![folder("same", vec![script("deep", "1")]), script("a", "1")]));
    let mut new = Node::clone(&old);
    new.children[1] = Arc::new(script("a", "2"));
    let made = apply(&diff(&old, &Arc::new(new)), &old).unwrap();
    assert!(Arc::ptr_eq(&old.children[0], &made.children[0]));
}

#[test]
fn a_patch_of_another_tree_is_refused() {
    let old = Arc::new(folder("root", vec![folder("a", vec![script("it", "1")]), folder("b", vec![])]));
    let new = Arc::new(folder("root", vec![folder("a", vec![script("it", "2")]), folder("b", vec![])]));
    let patch = diff(&old, &new);
    assert_eq!(Err(DoesNotFit), apply(&patch, &Arc::new(folder("root", vec![]))));
    let twice = Children { of: Who::Old(path(&[])), are: vec![Who::Old(path(&[0])), Who::Old(path(&[0]))] };
    assert_eq!(Err(DoesNotFit), apply(&Patch { children: vec![twice], ..Patch::default() }, &old));
    let within = Children { of: Who::Old(path(&[0])), are: vec![Who::Old(path(&[]))] };
    assert_eq!(Err(DoesNotFit), apply(&Patch { children: vec![within], ..Patch::default() }, &old));
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = (0..3_usize, 0..3_usize, 0..3_usize, prop::option::of(0..3_usize), any::<bool>()).prop_map(
        |(class, name, source, id, is_long)| {
            let mut node = Node::new(["a", "b", "c"][name], ["Folder", "ModuleScript", "Part"][class]);
            if class == 1 {
                let text = ["one", "two", "three"][source];
                node.set(
                    "Source".into(),
                    Variant::String(if is_long { text.repeat(30) } else { text.into() }),
                );
            } else if is_long {
                node.set("Value".into(), Variant::Bool(source == 0));
            }
            node.id = id.map(|id| ["x", "y", "z"][id].into());
            node
        },
    );
    leaf.prop_recursive(4, 24, 5, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..5)).prop_map(|(mut node, children)| {
            node.children = children.into_iter().map(Arc::new).collect();
            node
        })
    })
}

/// The tree with one of its instances, if any, in another place.
fn shuffled(tree: &Arc<Node>, from: &[u32], to: &[u32]) -> Arc<Node> {
    let mut tree = Node::clone(tree);
    let Some(taken) = take(&mut tree, from) else { return Arc::new(tree) };
    put(&mut tree, to, taken);
    Arc::new(tree)
}

fn take(node: &mut Node, path: &[u32]) -> Option<Arc<Node>> {
    let (&first, rest) = path.split_first()?;
    let count = u32::try_from(node.children.len()).ok().filter(|&count| count > 0)?;
    let at = (first % count) as usize;
    if rest.is_empty() || node.children[at].children.is_empty() {
        return Some(node.children.remove(at));
    }
    take(Arc::make_mut(&mut node.children[at]), rest)
}

fn put(node: &mut Node, path: &[u32], taken: Arc<Node>) {
    let count = u32::try_from(node.children.len()).unwrap();
    match path.split_first() {
        Some((&first, rest)) if count > 0 => {
            put(Arc::make_mut(&mut node.children[(first % count) as usize]), rest, taken);
        }
        _ => node.children.push(taken),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_patch_makes_the_new_tree_of_the_old(old in any_node(), new in any_node()) {
        let (old, new) = (Arc::new(old), Arc::new(new));
        prop_assert_eq!(Ok(new.clone()), apply(&diff(&old, &new), &old));
    }

    #[test]
    fn so_it_does_after_moves(
        old in any_node(),
        moves in prop::collection::vec((prop::collection::vec(0..5_u32, 1..4), prop::collection::vec(0..5_u32, 0..4)), 1..5),
    ) {
        let old = Arc::new(old);
        let new = moves.iter().fold(old.clone(), |tree, (from, to)| shuffled(&tree, from, to));
        let patch = diff(&old, &new);
        prop_assert_eq!(Ok(new), apply(&patch, &old));
        for moved in &patch.moved {
            prop_assert!(patch.children.iter().any(|list| list.of == moved.to && list.are.contains(&Who::Old(moved.who.clone()))));
        }
    }
}
