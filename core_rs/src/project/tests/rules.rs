use super::*;
use crate::mapping::Kind;

fn ignored(globs: &str, path: &str) -> bool {
    with(&format!("\"globIgnorePaths\": [{globs}]")).ignore.is_ignored(Path::new(path))
}

fn rule(rule: &str) -> SyncRule {
    with(&format!("\"syncRules\": [{rule}]")).sync_rules.remove(0)
}

#[test]
fn globs_start_from_the_projects_folder() {
    assert!(ignored("\"*.md\"", "/game/a.md"));
    assert!(ignored("\"src/**\"", "/game/src/a/b.luau"));
    assert!(!ignored("\"src/**\"", "/game/src"));
    assert!(!ignored("\"*.md\"", "/other/a.md"));
    assert!(!ignored("\"*.md\"", "/game/a.luau"));
}

#[test]
fn a_star_goes_over_slashes_as_it_does_in_rojo() {
    assert!(ignored("\"*.md\"", "/game/src/a.md"));
    assert!(ignored("\"src/*.md\"", "/game/src/a/b.md"));
}

#[test]
fn of_the_globs_that_match_the_last_one_holds() {
    let globs = r#""**/*.spec.lua", "!keep.spec.lua""#;
    assert!(ignored(globs, "/game/a.spec.lua"));
    assert!(!ignored(globs, "/game/keep.spec.lua"));
    assert!(ignored(r#""!keep.spec.lua", "**/*.spec.lua""#, "/game/keep.spec.lua"));
    assert!(!ignored(r#""!keep.spec.lua""#, "/game/keep.spec.lua"));
}

#[test]
fn a_backslash_takes_the_meaning_from_an_exclamation_mark() {
    assert!(ignored(r#""\\!literal.lua""#, "/game/!literal.lua"));
    assert!(!ignored(r#""\\!literal.lua""#, "/game/literal.lua"));
}

#[test]
fn globs_of_a_project_inside_come_after_those_around_it() {
    let outer = with(r#""globIgnorePaths": ["**/*.md", "!inner/a.txt"]"#).ignore;
    let inner = read(
        br#"{"tree": {}, "globIgnorePaths": ["!keep.md", "*.txt"]}"#,
        Path::new("/game/inner/x.project.json"),
    );
    let both = outer.and(&inner.0.unwrap().ignore);
    let is_ignored = |path: &str| both.is_ignored(Path::new(path));
    assert!(is_ignored("/game/inner/a.md") && is_ignored("/game/keep.md"));
    assert!(!is_ignored("/game/inner/keep.md"));
    assert!(is_ignored("/game/inner/a.txt"));
    assert!(!is_ignored("/game/b.txt"));
}

#[test]
fn a_rule_is_for_what_its_pattern_takes_and_its_exclusion_does_not() {
    let rule = rule(r#"{"pattern": "data/*.foo", "exclude": "**/b.*", "use": "text"}"#);
    let matches = |path: &str| rule.matches(Path::new(path));
    assert!(matches("/game/data/a.foo"));
    assert!(!matches("/game/data/b.foo"));
    assert!(!matches("/game/a.foo"));
    assert!(!matches("/data/a.foo"));
    assert_eq!(Kind::Text, rule.kind());
}

#[test]
fn a_name_is_without_the_suffix_or_else_without_the_last_ending() {
    let plain = rule(r#"{"pattern": "*", "use": "text"}"#);
    assert_eq!(["a.b", "a", ".foo", "a"], ["a.b.c", "a", ".foo", "a."].map(|name| plain.name_of(name)));
    let with_suffix = rule(r#"{"pattern": "*", "use": "text", "suffix": ".data.txt"}"#);
    assert_eq!(
        ["a", "b.txt", ""],
        ["a.data.txt", "b.txt", ".data.txt"].map(|name| with_suffix.name_of(name))
    );
    assert_eq!(
        "a.b",
        rule(r#"{"pattern": "*", "use": "text", "suffix": null, "exclude": null}"#).name_of("a.b.c")
    );
    assert_eq!("a.b.c", rule(r#"{"pattern": "*", "use": "text", "suffix": ""}"#).name_of("a.b.c"));
}

#[test]
fn every_word_of_use_is_known() {
    for word in "serverScript clientScript moduleScript pluginScript legacyServerScript legacyClientScript \
        runContextServerScript runContextClientScript json toml yaml csv text jsonModel rbxm rbxmx project ignore"
        .split_whitespace()
    {
        assert_eq!(word.parse(), Ok(rule(&format!(r#"{{"pattern": "*", "use": "{word}"}}"#)).kind()));
    }
}

#[test]
fn a_rule_that_is_wrong_is_said_to_be_and_left_out() {
    let text = r#""syncRules": [{"use": "text"}, {"pattern": "a"}, {"pattern": "[", "use": "text"},
{"pattern": "a", "use": "texts"}, {"pattern": "a", "use": "text", "exclude": "["},
{"pattern": "a", "use": "text", "suffix": 1}, 7, {"pattern": null, "use": null}]"#;
    assert_eq!(
        [
            "2:15 error missing-key: a sync rule has no \"pattern\"",
            "2:32 error missing-key: a sync rule has no \"use\"",
            "2:62 error bad-glob: the glob \"[\" is not right: unclosed character class; missing ']'",
            "3:25 error unknown-kind: \"texts\" is no kind of file",
            "3:78 error bad-glob: the glob \"[\" is not right: unclosed character class; missing ']'",
            "4:43 error wrong-type: \"suffix\" is to be a text",
            "4:47 error wrong-type: a sync rule is to be an object, as in {\"key\": ...}",
            "4:62 error wrong-type: \"pattern\" is to be a text",
            "4:75 error wrong-type: \"use\" is to be a text",
        ],
        *wrong_with(text)
    );
    let (project, _) = read(format!("{{\"tree\": {{}}, {text}}}").as_bytes(), Path::new(FILE));
    assert!(project.unwrap().sync_rules.is_empty());
}

#[test]
fn a_key_that_a_rule_does_not_have_is_doubted_and_the_rule_holds() {
    let text = r#"{"tree": {}, "syncRules": [{"pattern": "a", "use": "text", "sufix": "b"}]}"#;
    assert_eq!(["1:60 warning unknown-key: \"sufix\" is not read here"], *wrong(text));
    assert!(help(text).starts_with("was \"suffix\" meant?"));
    assert_eq!(1, read(text.as_bytes(), Path::new(FILE)).0.unwrap().sync_rules.len());
}
