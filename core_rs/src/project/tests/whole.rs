use super::*;

#[test]
fn all_keys_of_rojo_are_read() {
    let project = right(
        r#"{
            // What editors look at.
            "$schema": "https://example.com/project.json",
            "name": "Game",
            "tree": { "$className": "DataModel" },
            "servePort": 34873,
            "serveAddress": "::1",
            "serveAllowedHosts": ["mypc.lan"],
            "servePlaceIds": [1, 2, 2],
            "blockedPlaceIds": [18446744073709551615],
            "placeId": 3,
            "gameId": 4,
            "emitLegacyScripts": false,
            "globIgnorePaths": ["**/*.spec.lua"],
            "syncRules": [{ "pattern": "*.foo", "use": "text" }],
            "syncbackRules": {
                "ignoreTrees": ["Workspace"], "ignorePaths": ["!a/**"], "ignoreProperties": {"Part": ["Size"]},
                "syncCurrentCamera": true, "syncUnscriptable": null, "ignoreReferents": false,
                "createIgnoreDirPaths": true,
            },
        }"#,
    );
    assert_eq!(
        (Some("Game"), Some(false), Path::new(FILE)),
        (project.name.as_deref(), project.emit_legacy_scripts, project.file.as_path())
    );
    assert_eq!(Some("DataModel"), project.tree.class_name.as_deref());
    assert_eq!(
        ServeSettings {
            port: Some(34873),
            address: Some("::1".parse().unwrap()),
            allowed_hosts: vec!["mypc.lan".to_owned()],
            place_ids: Some([1, 2].into()),
            blocked_place_ids: Some([u64::MAX].into()),
            place_id: Some(3),
            game_id: Some(4),
        },
        project.serve
    );
    assert_eq!((1, false), (project.sync_rules.len(), project.ignore.is_empty()));
}

#[test]
fn a_tree_is_all_that_is_needed() {
    let project = right(r#"{"tree": {"$path": "src"}}"#);
    assert_eq!(
        (None, None, ServeSettings::default()),
        (project.name, project.emit_legacy_scripts, project.serve)
    );
    assert!(project.sync_rules.is_empty() && project.ignore.is_empty());
}

#[test]
fn null_stands_for_a_key_that_is_not_there() {
    with(
        r#""name": null, "servePort": null, "serveAddress": null, "servePlaceIds": null, "blockedPlaceIds": null,
        "placeId": null, "gameId": null, "emitLegacyScripts": null, "syncbackRules": null, "$schema": null"#,
    );
}

#[test]
fn null_is_refused_where_rojo_refuses_it() {
    for key in ["serveAllowedHosts", "globIgnorePaths", "syncRules"] {
        assert_eq!(1, wrong_with(&format!("\"{key}\": null")).len(), "{key}");
    }
    assert_eq!(
        ["1:10 error wrong-type: \"tree\" is to be an object, as in {\"$className\": \"Folder\"}"],
        *wrong(r#"{"tree": null}"#)
    );
}

#[test]
fn a_key_that_is_not_known_names_the_nearest_and_all() {
    let text = "{\n\"tree\": {}, \"servPort\": 1}";
    assert_eq!(["2:13 error unknown-key: there is no key \"servPort\""], *wrong(text));
    let help = help(text);
    assert!(help.starts_with("was \"servePort\" meant? what may stand here: name, tree, "), "{help}");
    for key in ["syncRules", "gameId", "$schema", "serveAllowedHosts"] {
        assert!(help.contains(key), "{key}");
    }
}

#[test]
fn names_of_other_tools_are_known_as_what_they_mean() {
    for (written, meant) in [
        ("port", "servePort"),
        ("host", "serveAddress"),
        ("ignoreGlobs", "globIgnorePaths"),
        ("placeIds", "servePlaceIds"),
        ("legacyScripts", "emitLegacyScripts"),
        ("SYNCRULES", "syncRules"),
        ("schema", "$schema"),
    ] {
        let help = help(&format!("{{\"tree\": {{}}, \"{written}\": 1}}"));
        assert!(help.starts_with(&format!("was {meant:?} meant?")), "{written}: {help}");
    }
    assert!(help("{\"tree\": {}, \"zzzzzz\": 1}").starts_with("what may stand here"));
}

#[test]
fn everything_wrong_is_said_at_once_and_the_rest_is_read() {
    let text = r#"{
"name": 1, "tree": {"A": 2, "B": {"$path": "b"}},
"servePort": 65536, "placeId": -1, "globIgnorePaths": ["[", "*.md"], "odd": 0}"#;
    let (project, found) = read(text.as_bytes(), Path::new(FILE));
    assert_eq!(
        [
            "2:9 error wrong-type: \"name\" is to be a text",
            "2:26 error wrong-type: the instance \"A\" is to be an object, as in {\"$className\": \"Folder\"}",
            "3:14 error wrong-type: \"servePort\" is to be a whole number from 0 to 65535",
            "3:32 error wrong-type: \"placeId\" is to be a whole number from 0 on",
            "3:56 error bad-glob: the glob \"[\" is not right: unclosed character class; missing ']'",
            "3:70 error unknown-key: there is no key \"odd\"",
        ],
        *found.iter().map(said).collect::<Vec<_>>()
    );
    let project = project.unwrap();
    assert_eq!(["B"], *project.tree.children.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    assert!(project.ignore.is_ignored(Path::new("/game/a.md")));
}

#[test]
fn without_a_tree_there_is_no_project() {
    let (project, found) = read(b"{\"name\": 1}", Path::new(FILE));
    assert!(project.is_none());
    assert_eq!(
        [
            "1:10 error wrong-type: \"name\" is to be a text",
            "1:1 error missing-key: the project has no \"tree\""
        ],
        *found.iter().map(said).collect::<Vec<_>>()
    );
    assert_eq!(["1:1 error wrong-type: a project is to be an object, as in {\"key\": ...}"], *wrong("[]"));
    assert_eq!(["1:1 error malformed-json: the object that begins here has no end"], *wrong("{"));
}

#[test]
fn rules_of_syncback_are_checked_though_nothing_uses_them() {
    let text = r#""syncbackRules": {"ignoreTrees": [1], "ignoreTree": [], "syncUnscriptable": 1,
"ignoreProperties": {"Part": "Size"}, "ignorePaths": ["["]}"#;
    assert_eq!(
        [
            "2:35 error wrong-type: each of \"ignoreTrees\" is to be a text",
            "2:39 error unknown-key: there is no key \"ignoreTree\"",
            "2:77 error wrong-type: \"syncUnscriptable\" is to be true or false",
            "3:30 error wrong-type: \"Part\" is to be a list of texts, as in [...]",
            "3:55 warning bad-glob: the glob \"[\" is not right: unclosed character class; missing ']'",
        ],
        *wrong_with(text)
    );
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Objects that look much like projects.
    fn nearly_a_project() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            "[a-z*!\\[]{0,4}".prop_map(Into::into),
        ];
        let key = prop_oneof![
            prop::sample::select(vec![
                "name",
                "tree",
                "servePort",
                "globIgnorePaths",
                "syncRules",
                "pattern",
                "use",
                "exclude",
                "suffix",
                "$path",
                "$className",
                "$properties",
                "$id",
                "optional",
                "syncbackRules",
                "ignorePaths",
                "placeId",
            ])
            .prop_map(str::to_owned),
            "\\$?[a-zA-Z]{1,6}",
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::hash_map(key.clone(), inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_said_to_be_wrong(value in nearly_a_project()) {
            let text = serde_json::to_string_pretty(&value).unwrap();
            let (project, found) = read(text.as_bytes(), Path::new(FILE));
            prop_assert!(project.is_some() || found.iter().any(|it| it.severity == Severity::Error));
            prop_assert!(found.iter().all(|it| it.place.is_some()));
        }
    }
}
