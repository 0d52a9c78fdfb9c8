//! What folders and the files in them become.

use super::House;

fn lines(house: &House) -> Vec<String> {
    house.shown().lines().map(str::to_owned).collect()
}

#[test]
fn files_and_folders_stand_in_the_order_of_their_names() {
    let house = House::of(&[("b.txt", "b"), ("a/c.txt", "c"), ("Z.txt", "z"), ("note.md", "")]);
    let expected = r#"Game Folder <default.project.json>
  Z StringValue Value=String("z") <src/Z.txt>
  a Folder
    c StringValue Value=String("c") <src/a/c.txt>
  b StringValue Value=String("b") <src/b.txt>
"#;
    assert_eq!(expected, house.shown());
}

#[test]
fn an_init_file_makes_its_folder_the_script_and_the_first_in_order_holds() {
    let house = House::of(&[
        ("a/init.luau", "first"),
        ("a/init.lua", "second"),
        ("a/init.server.lua", "third"),
        ("a/b.txt", "b"),
    ]);
    let expected = r#"Game Folder <default.project.json>
  a ModuleScript Source=String("first") <src/a/init.lua> <src/a/init.luau> <src/a/init.server.lua>
    b StringValue Value=String("b") <src/a/b.txt>
"#;
    assert_eq!(expected, house.shown());
}

#[test]
fn meta_files_speak_of_the_file_beside_them_or_of_their_folder() {
    let house = House::of(&[
        ("a.txt", "a"),
        ("a.meta.json", r#"{"id": "of-a", "properties": {"Value": "other"}}"#),
        ("a.meta.jsonc", r#"{"id": "of-a", "ignoreUnknownInstances": true}"#),
        ("b/init.meta.json", r#"{"className": "Model"}"#),
    ]);
    let lines = lines(&house);
    assert_eq!(
        r#"  a StringValue Value=String("other") <src/a.txt> <src/a.meta.json> <src/a.meta.jsonc> #of-a keeps"#,
        lines[1]
    );
    assert_eq!("  b Model <src/b/init.meta.json>", lines[2]);
    assert_eq!("! second-id src/a.meta.jsonc:1:8", lines[3]);
}

#[test]
fn a_meta_file_called_as_its_folder_gives_an_init_script_properties_and_no_id() {
    let house = House::of(&[
        ("a/init.lua", "a"),
        ("a/a.meta.json", r#"{"id": "of-a", "ignoreUnknownInstances": true, "attributes": {"x": true}}"#),
    ]);
    let shown = house.shown();
    assert!(shown.contains("a ModuleScript Attributes="), "{shown}");
    assert!(shown.contains(r#"Source=String("a") <src/a/init.lua>"#), "{shown}");
    assert!(!shown.contains('#') && !shown.contains("keeps"), "{shown}");
}

#[test]
fn what_the_project_ignores_is_not_there_and_a_nested_project_adds_to_it() {
    let house = House::of(&[("a.txt", ""), ("b.spec.txt", ""), ("n/c.spec.txt", ""), ("n/d.md.txt", "")]);
    house
        .write("default.project.json", r#"{"globIgnorePaths": ["**/*.spec.txt"], "tree": {"$path": "src"}}"#);
    house.write(
        "src/n/default.project.json",
        r#"{"globIgnorePaths": ["*.md.txt"], "tree": {"$path": "../n2"}}"#,
    );
    house.write("src/n2/c.spec.txt", "");
    house.write("src/n2/d.md.txt", "");
    let names: Vec<_> = lines(&house)
        .iter()
        .map(|line| line.split(' ').find(|it| !it.is_empty()).unwrap().to_owned())
        .collect();
    // `n` leaves `d.md` out of what it leads to, and nothing of what others lead to.
    assert_eq!(["Game", "a", "n", "n2", "d.md"], names[..]);
}

#[test]
fn sync_rules_say_what_files_become_and_a_nested_project_has_its_own_alone() {
    let house = House::of(&[("a.data", "a"), ("n/b.data", "b"), ("n/c.txt", "c")]);
    house.write(
        "default.project.json",
        r#"{"syncRules": [{"pattern": "*.data", "use": "text"}], "tree": {"$path": "src"}}"#,
    );
    house.write("src/n/default.project.json", r#"{"tree": {"$path": "../n3"}}"#);
    house.write("src/n3/b.data", "b");
    let shown = house.shown();
    assert!(shown.contains(r#"a StringValue Value=String("a")"#), "{shown}");
    assert!(
        shown.contains("  n Folder <src/n/default.project.json>\n  n3 Folder\n    b StringValue"),
        "{shown}"
    );
}

#[test]
fn a_project_file_among_others_is_an_instance_of_its_name() {
    let house = House::of(&[("a.project.json", r#"{"tree": {"$className": "Model"}}"#)]);
    assert_eq!("  a Model <src/a.project.json> keeps", lines(&house)[1]);
    house.write("src/a.project.json", r#"{"name": "other", "tree": {"$className": "Model"}}"#);
    assert_eq!("  other Model <src/a.project.json> keeps", lines(&house)[1]);
}

#[test]
fn scripts_are_as_the_project_says() {
    let house = House::of(&[("a.client.lua", "")]);
    assert!(lines(&house)[1].starts_with("  a LocalScript"));
    house.write("default.project.json", r#"{"emitLegacyScripts": false, "tree": {"$path": "src"}}"#);
    assert!(lines(&house)[1].starts_with("  a Script RunContext="));
}
