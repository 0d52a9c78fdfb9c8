use super::*;
use crate::jsonc::Value;

#[test]
fn a_node_is_read_with_all_its_keys() {
    let node = tree(
        r#"{"$className": "Part", "$path": "a/b", "$properties": {"Size": [1, 2, 3], "Anchored": true},
        "$attributes": {"Team": "red"}, "$id": "the part", "$ignoreUnknownInstances": true, "Child": {}}"#,
    );
    assert_eq!(
        (Some("Part"), Some("the part"), Some(true)),
        (node.class_name.as_deref(), node.id.as_deref(), node.keeps_unknown)
    );
    let path = node.path.unwrap();
    assert_eq!((Path::new("a/b"), false), (path.path.as_path(), path.is_optional));
    let names = |values: &Values| values.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>();
    assert_eq!(
        (vec!["Anchored".into(), "Size".into()], vec!["Team".into()]),
        (names(&node.properties), names(&node.attributes))
    );
    assert_eq!(Value::Bool(true), node.properties[0].2.value);
    assert_eq!(
        ("Child", ProjectNode { at: node.children[0].1.at, ..ProjectNode::default() }),
        (node.children[0].0.as_str(), node.children[0].1.clone())
    );
}

#[test]
fn null_stands_for_a_key_that_is_not_there() {
    let node = tree(r#"{"$className": null, "$path": null, "$id": null, "$ignoreUnknownInstances": null}"#);
    assert_eq!(ProjectNode { at: node.at, ..ProjectNode::default() }, node);
    assert_eq!(2, wrong(r#"{"tree": {"$properties": null, "$attributes": null}}"#).len());
}

#[test]
fn children_are_sorted_by_the_bytes_of_their_names() {
    let node = tree(r#"{"b": {}, "ä": {}, "B": {"2": {}, "10": {}}, "a": {}}"#);
    let names = |node: &ProjectNode| node.children.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(["B", "a", "b", "ä"], *names(&node));
    assert_eq!(["10", "2"], *names(&node.children[0].1));
}

#[test]
fn a_path_may_be_said_to_be_optional() {
    let path = tree(r#"{"$path": {"optional": "../src"}}"#).path.unwrap();
    assert_eq!((Path::new("../src"), true), (path.path.as_path(), path.is_optional));
    assert_eq!((1, 20), (path.at.line, path.at.column));
}

#[test]
fn a_path_that_is_none_is_refused() {
    for path in ["1", "[]", "{}", r#"{"optional": 1}"#, r#"{"optional": null}"#, "[1]", r#"["a", "b"]"#] {
        assert_eq!(
            [
                "1:20 error wrong-type: \"$path\" is to be a text, or {\"optional\": \"...\"} for what need not be there"
            ],
            *wrong(&format!("{{\"tree\": {{\"$path\": {path}}}}}")),
            "{path}"
        );
    }
    assert_eq!(
        ["1:40 warning unknown-key: \"b\" is not read here"],
        *wrong(r#"{"tree": {"$path": {"optional": "a.b", "b": 1}}}"#)
    );
}

#[test]
fn a_path_in_brackets_is_optional_as_in_rojo_and_doubted() {
    let (project, found) = read(br#"{"tree": {"$path": ["src"]}}"#, Path::new(FILE));
    let path = project.unwrap().tree.path.unwrap();
    assert_eq!((Path::new("src"), true), (path.path.as_path(), path.is_optional));
    assert_eq!(
        ["1:20 warning odd-path: a path in brackets is one that need not be there"],
        *found.iter().map(said).collect::<Vec<_>>()
    );
}

#[test]
fn a_key_with_a_dollar_makes_an_instance_and_is_doubted() {
    let (project, found) =
        read(br#"{"tree": {"a": {"$clasName": {"$className": "Folder"}}}}"#, Path::new(FILE));
    assert_eq!("$clasName", project.unwrap().tree.children[0].1.children[0].0);
    assert_eq!(
        [
            "1:17 warning reserved-key: \"$clasName\" makes an instance of that name; keys with a $ are kept for later"
        ],
        *found.iter().map(said).collect::<Vec<_>>()
    );
    assert!(found[0].help.starts_with("rename it; was \"$className\" meant?"), "{}", found[0].help);
}

#[test]
fn a_key_with_a_dollar_that_can_be_no_instance_is_refused() {
    let text = r#"{"tree": {"$tags": ["a"], "$keepUnknowns": true}}"#;
    assert_eq!(
        [
            "1:11 error unknown-key: there is no key \"$tags\"",
            "1:27 error unknown-key: there is no key \"$keepUnknowns\""
        ],
        *wrong(text)
    );
    assert!(
        help(r#"{"tree": {"$keepUnknowns": true}}"#).starts_with("was \"$ignoreUnknownInstances\" meant?")
    );
}

#[test]
fn a_wrong_value_is_said_and_the_others_are_read() {
    let text = r#"{"tree": {"$className": 1, "$id": 2, "$ignoreUnknownInstances": "yes", "$properties": [], "a": {"$path": "b"}}}"#;
    let (project, found) = read(text.as_bytes(), Path::new(FILE));
    assert_eq!(4, found.len());
    assert!(project.unwrap().tree.children[0].1.path.is_some());
}
