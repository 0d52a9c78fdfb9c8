//! What the nodes of a project file become.

use super::House;

fn shown(tree: &str, files: &[(&str, &str)]) -> String {
    House::new(tree, files).shown()
}

#[test]
fn services_need_no_class_where_services_are() {
    let tree = r#"{"$className": "DataModel", "Workspace": {"Terrain": {}}, "StarterPlayer": {"StarterPlayerScripts": {}},
        "ReplicatedStorage": {"$path": "src"}}"#;
    let expected = "Game DataModel <default.project.json> keeps
  ReplicatedStorage ReplicatedStorage
    a StringValue Value=String(\"\") <src/a.txt>
  StarterPlayer StarterPlayer keeps
    StarterPlayerScripts StarterPlayerScripts keeps
  Workspace Workspace keeps
    Terrain Terrain keeps
";
    assert_eq!(expected, shown(tree, &[("src/a.txt", "")]));
}

#[test]
fn a_node_adds_to_what_its_path_leads_to() {
    let tree = r#"{"$path": "src", "$id": "root", "$properties": {"Name": "no"}, "$attributes": {"x": true},
        "b": {"$className": "Folder"}, "$ignoreUnknownInstances": true}"#;
    let shown = shown(tree, &[("src/z.txt", ""), ("src/init.meta.json", r#"{"id": "other"}"#)]);
    assert!(shown.starts_with("Game Folder Attributes="), "{shown}");
    assert!(
        shown.contains("<src/init.meta.json> <default.project.json> #root keeps\n  z StringValue"),
        "{shown}"
    );
    assert!(shown.contains("\n  b Folder keeps\n"), "{shown}");
}

#[test]
fn a_class_may_be_given_to_a_folder_and_to_nothing_else() {
    assert!(
        shown(r#"{"$className": "Model", "$path": "src"}"#, &[("src/a.txt", "")]).starts_with("Game Model")
    );
    let house = House::new(r#"{"$className": "Model", "$path": "a.txt"}"#, &[("a.txt", "")]);
    assert_eq!(["two-classes default.project.json:1:43"], house.told()[..]);
}

#[test]
fn what_is_missing_is_told_unless_it_is_optional() {
    assert_eq!(["no-target default.project.json:1:20"], House::new(r#"{"$path": "none"}"#, &[]).told()[..]);
    let tree = r#"{"$className": "Folder", "a": {"$path": {"optional": "none"}}, "b": {"$path": "none", "$className": "Model"}}"#;
    let house = House::new(tree, &[]);
    assert!(
        house.shown().starts_with("Game Folder <default.project.json> keeps\n  b Model\n! warning no-target")
    );
    assert_eq!(["no-class default.project.json:1:10"], House::new("{}", &[]).told()[..]);
}

#[test]
fn a_wrong_node_hides_no_other() {
    let tree = r#"{"$className": "Folder", "a": {"b": {"$path": "none"}}, "c": {"$className": "Model"}}"#;
    let house = House::new(tree, &[]);
    let codes: Vec<_> = house.told().iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(["no-class", "no-target"], codes[..]);
    assert!(house.shown().contains("  c Model keeps"));
}

#[test]
fn a_path_may_lead_to_a_file_a_project_or_out_of_the_folder() {
    let tree = r#"{"$className": "Folder", "a": {"$path": "one.txt"}, "b": {"$path": "sub"}, "c": {"$path": "../out"},
        "d": {"$path": "x.project.json"}}"#;
    let files = [
        ("one.txt", "1"),
        ("one.meta.json", r#"{"id": "one"}"#),
        ("sub/default.project.json", r#"{"name": "ignored", "tree": {"$className": "Model"}}"#),
        ("../out/e.txt", ""),
        ("x.project.json", r#"{"tree": {"$className": "Tool"}}"#),
    ];
    let shown = shown(tree, &files);
    assert!(
        shown.contains("  a StringValue Value=String(\"1\") <one.txt> <one.meta.json> #one\n"),
        "{shown}"
    );
    assert!(
        shown.contains("  b Model <sub/default.project.json> keeps\n  c Folder\n    e StringValue"),
        "{shown}"
    );
    assert!(shown.contains("  d Tool <x.project.json> keeps\n"), "{shown}");
}

#[test]
fn a_project_that_leads_to_itself_is_told() {
    for path in [".", "default.project.json", "sub"] {
        let tree = format!(r#"{{"$className": "Folder", "a": {{"$path": "{path}"}}}}"#);
        let house = House::new(
            &tree,
            &[("sub/default.project.json", r#"{"tree": {"$path": "../default.project.json"}}"#)],
        );
        let told = house.told();
        assert!(told.iter().any(|it| it.starts_with("endless-project")), "{path}: {told:?}");
    }
}

#[test]
fn a_folder_has_no_name_where_its_path_ends_in_dots() {
    let house = House::new(r#"{"$path": "src/.."}"#, &[("src/a.txt", "")]);
    assert!(house.told().iter().any(|it| it.starts_with("no-folder-name")), "{:?}", house.told());
}
