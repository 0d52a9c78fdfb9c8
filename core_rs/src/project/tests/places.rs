use std::fs;

use super::*;

fn located(path: &Path) -> Result<PathBuf, (String, String)> {
    locate(path).map_err(|wrong| {
        assert_eq!((path, "no-project", Severity::Error), (wrong.path.as_path(), wrong.code, wrong.severity));
        (wrong.message, wrong.help)
    })
}

#[test]
fn a_project_is_its_file_or_the_default_one_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("default.project.jsonc"), "{}").unwrap();
    assert_eq!(Ok(at("default.project.jsonc")), located(folder.path()));
    fs::write(at("default.project.json"), "{}").unwrap();
    assert_eq!(Ok(at("default.project.json")), located(folder.path()));
    fs::write(at("other.project.jsonc"), "{}").unwrap();
    assert_eq!(Ok(at("other.project.jsonc")), located(&at("other.project.jsonc")));
}

#[test]
fn a_folder_without_a_default_names_the_projects_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let told = |help: &str| Err(("this folder has no default project".to_owned(), help.to_owned()));
    assert_eq!(told("write one as default.project.json"), located(folder.path()));
    fs::write(folder.path().join("b.project.json"), "{}").unwrap();
    fs::write(folder.path().join("a.project.jsonc"), "{}").unwrap();
    fs::write(folder.path().join("c.json"), "{}").unwrap();
    fs::create_dir(folder.path().join("default.project.json")).unwrap();
    let found = located(folder.path());
    assert_eq!(told("name one of those that are there: a.project.jsonc, b.project.json"), found);
}

#[test]
fn what_is_no_project_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.luau");
    fs::write(&file, "").unwrap();
    assert_eq!("this file is no project", located(&file).unwrap_err().0);
    for name in ["gone", "gone.project.json"] {
        assert!(located(&folder.path().join(name)).unwrap_err().0.starts_with("there is no project here: "));
    }
}

fn root_name(text: &str, file: &str, given: Option<&str>) -> Result<String, String> {
    let (project, _) = read(text.as_bytes(), Path::new(file));
    project.unwrap().root_name(given).map_err(|wrong| {
        assert_eq!((Path::new(file), "no-name"), (wrong.path.as_path(), wrong.code));
        wrong.message
    })
}

#[test]
fn a_project_without_a_name_takes_that_of_its_folder_or_the_one_it_is_given() {
    let nameless = "{\"tree\": {}}";
    assert_eq!(Ok("mine".into()), root_name("{\"tree\": {}, \"name\": \"mine\"}", FILE, Some("given")));
    assert_eq!(Ok("game".into()), root_name(nameless, FILE, Some("given")));
    assert_eq!(Ok("game".into()), root_name(nameless, "/game/default.project.jsonc", None));
    assert_eq!(Ok("given".into()), root_name(nameless, "/game/a.project.json", Some("given")));
}

#[test]
fn a_project_that_has_no_name_at_all_is_refused() {
    let nameless = "{\"tree\": {}}";
    assert_eq!(
        Err("the project has no name, and only a default.project.json takes the name of its folder".into()),
        root_name(nameless, "/game/a.project.json", None)
    );
    assert_eq!(
        Err("the project has no name, and its folder has no name to take".into()),
        root_name(nameless, "/default.project.json", None)
    );
}

#[test]
fn only_the_endings_of_projects_are_those_of_projects() {
    let names = ["a.project.json", "b.project.jsonc", "a.json", "project.json", "a.project.json.bak"];
    assert_eq!([true, true, false, false, false], names.map(|name| is_project_file(Path::new(name))));
}
