use proptest::prelude::*;

use super::Platform::{Linux, MacOs, Windows};
use super::*;

/// What Linux, macOS and Windows say of a name.
fn each(name: &str) -> [Result<(), NameFault>; 3] {
    Platform::ALL.map(|platform| check_name(name.as_bytes(), platform))
}

fn everywhere(fault: NameFault) -> [Result<(), NameFault>; 3] {
    [Err(fault.clone()), Err(fault.clone()), Err(fault)]
}

fn on_windows(fault: NameFault) -> [Result<(), NameFault>; 3] {
    [Ok(()), Ok(()), Err(fault)]
}

#[test]
fn ordinary_names_are_taken_everywhere() {
    for name in [
        "a",
        "init.server.luau",
        "Ünïcode 😀",
        ".gitkeep",
        " a",
        "a b",
        "CONSOLE",
        "COM",
        "COM10",
        "...a",
        "LPT$",
    ] {
        assert_eq!([Ok(()), Ok(()), Ok(())], each(name), "{name}");
    }
}

#[test]
fn names_that_name_nothing_are_refused_everywhere() {
    assert_eq!(everywhere(NameFault::Empty), each(""));
    assert_eq!(everywhere(NameFault::Dots), each("."));
    assert_eq!(everywhere(NameFault::Dots), each(".."));
}

#[test]
fn control_characters_are_refused_everywhere() {
    for sign in ['\0', '\n', '\t', '\u{1f}', '\u{7f}', '\u{85}'] {
        assert_eq!(everywhere(NameFault::Control(sign)), each(&format!("a{sign}b")));
    }
}

#[test]
fn separators_are_those_of_the_platform() {
    assert_eq!(everywhere(NameFault::Separator('/')), each("a/b"));
    assert_eq!(on_windows(NameFault::Separator('\\')), each("a\\b"));
}

#[test]
fn windows_refuses_its_signs() {
    for sign in ['<', '>', ':', '"', '|', '?', '*'] {
        assert_eq!(on_windows(NameFault::Forbidden(sign)), each(&format!("a{sign}")));
    }
}

#[test]
fn windows_drops_dots_and_spaces_at_the_end() {
    for name in ["a.", "a ", "a. .", "..."] {
        assert_eq!(on_windows(NameFault::Ending), each(name), "{name}");
    }
}

#[test]
fn windows_opens_devices_whatever_their_case_and_ending() {
    for name in
        ["CON", "con", "Aux", "PRN", "NUL", "COM0", "com9", "LPT1", "COM¹", "lpt³", "CONIN$", "conout$"]
    {
        assert_eq!(on_windows(NameFault::Device(name.into())), each(name));
        assert_eq!(on_windows(NameFault::Device(name.into())), each(&format!("{name}.server.luau")));
        assert_eq!(on_windows(NameFault::Device(name.into())), each(&format!("{name}  .luau")));
    }
}

#[test]
fn a_name_has_room_left_for_an_ending() {
    assert_eq!([Ok(()), Ok(()), Ok(())], each(&"a".repeat(200)));
    assert_eq!(everywhere(NameFault::TooLong), each(&"a".repeat(201)));
    assert_eq!(everywhere(NameFault::TooLong), each(&"é".repeat(101)));
}

#[test]
fn a_name_is_utf8() {
    for platform in Platform::ALL {
        assert_eq!(Err(NameFault::NotUtf8), check_name(b"a\xff", platform));
        assert_eq!(Err(NameFault::NotUtf8), check_name(b"\xed\xa0\x80", platform));
    }
}

#[test]
fn names_clash_after_folding_case_and_composing_letters() {
    let names = ["Game", "e\u{301}t", "other", "game", "ÉT", "GAME", "straße", "STRASSE", "ς", "Σ", "σ"];
    let folded = vec![
        vec!["Game", "game", "GAME"],
        vec!["e\u{301}t", "ÉT"],
        vec!["straße", "STRASSE"],
        vec!["ς", "Σ", "σ"],
    ];
    assert_eq!(folded, clashes(&names, Windows));
    assert_eq!(folded, clashes(&names, MacOs));
    assert_eq!(Vec::<Vec<&str>>::new(), clashes(&names, Linux));
    assert_eq!(vec![vec!["a", "a"]], clashes(&["a", "b", "a"], Linux));
}

#[test]
fn a_path_stays_in_its_folder() {
    for platform in Platform::ALL {
        assert_eq!(Ok(vec!["a", "b"]), inside("a/./b", platform));
        assert_eq!(Ok(vec!["b"]), inside("a//../b/", platform));
        assert_eq!(Ok(vec![]), inside("a/..", platform));
        for out in ["..", "../a", "a/../../b", "a/../../a/b"] {
            assert_eq!(Err(PathFault::Outside), inside(out, platform), "{out}");
        }
        assert_eq!(Err(PathFault::Absolute), inside("/a", platform));
        assert_eq!(Err(PathFault::Empty), inside("", platform));
    }
}

#[test]
fn a_backslash_leads_out_only_where_it_is_a_separator() {
    assert_eq!(Err(PathFault::Outside), inside("a\\..\\..\\b", Windows));
    assert_eq!(Ok(vec!["b"]), inside("a\\../b", Windows));
    assert_eq!(Ok(vec!["a\\..\\..\\b"]), inside("a\\..\\..\\b", Linux));
    assert_eq!(Ok(vec!["..\\b"]), inside("..\\b", MacOs));
}

#[test]
fn windows_has_drives_and_servers() {
    for path in ["C:\\a", "c:/a", "C:a", "\\a", "\\\\server\\share", "\\\\?\\C:\\a", "//server/share"] {
        assert!(is_absolute(path, Windows), "{path}");
        assert_eq!(Err(PathFault::Absolute), inside(path, Windows), "{path}");
    }
    assert!(!is_absolute("C:\\a", Linux));
    assert!(!is_absolute("é:a", Windows));
}

#[test]
fn a_path_is_refused_for_one_of_its_names() {
    let fault = PathFault::Name { name: "nul.luau".into(), fault: NameFault::Device("nul".into()) };
    assert_eq!(Err(fault.clone()), inside("src/nul.luau", Windows));
    assert_eq!("in it is \"nul.luau\": it is \"nul\", which is a device on Windows", fault.to_string());
    // A stream of a file, not a file.
    let stream = PathFault::Name { name: "a.luau:b".into(), fault: NameFault::Forbidden(':') };
    assert_eq!(Err(stream), inside("src/a.luau:b", Windows));
    assert_eq!(Ok(vec!["src", "a.luau:b"]), inside("src/a.luau:b", Linux));
}

#[test]
fn a_path_is_as_long_as_the_platform_takes() {
    let path = |units: usize| "a".repeat(units);
    for (platform, most) in [(Linux, 4095), (MacOs, 1023), (Windows, 259)] {
        assert_eq!(Ok(()), check_length(&path(most), platform));
        assert_eq!(Err(PathFault::TooLong { has: most + 1, most }), check_length(&path(most + 1), platform));
    }
    // Two bytes each, and one unit.
    assert_eq!(Ok(()), check_length(&"é".repeat(259), Windows));
    assert!(check_length(&"é".repeat(512), MacOs).is_err());
    // Four bytes each, and two units.
    assert!(check_length(&"😀".repeat(130), Windows).is_err());
}

#[test]
fn slashes_are_the_same_on_the_wire() {
    assert_eq!("a/b/c", slashed("a\\b/c", Windows));
    assert_eq!("a\\b/c", slashed("a\\b/c", Linux));
}

#[test]
fn it_runs_on_one_of_them() {
    assert_eq!(cfg!(windows), Platform::here() == Windows);
    assert_eq!(cfg!(target_os = "macos"), Platform::here() == MacOs);
}

/// Names and paths of the signs that matter.
fn tricky() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            prop::sample::select(vec![
                ".", "..", "/", "\\", ":", "C", "con", "nul", " ", "é", "e\u{301}", "ς", "\0", "ı"
            ])
            .prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ],
        0..8,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_windows_takes_is_taken_everywhere(name in tricky()) {
        if check_name(name.as_bytes(), Windows).is_ok() {
            prop_assert_eq!([Ok(()), Ok(()), Ok(())], each(&name));
        }
    }

    #[test]
    fn the_names_of_a_path_lead_to_the_same_place_again(path in tricky()) {
        for platform in Platform::ALL {
            let Ok(names) = inside(&path, platform) else { continue };
            if !names.is_empty() {
                let again = names.join("/");
                prop_assert_eq!(Ok(names.clone()), inside(&again, platform));
            }
            prop_assert!(names.iter().all(|name| check_name(name.as_bytes(), platform).is_ok()));
        }
    }

    #[test]
    fn a_path_of_files_is_inside_as_the_standard_library_sees_it(path in tricky()) {
        use std::path::{Component, Path};
        if let Ok(names) = inside(&path, Linux) {
            let mut seen: Vec<&str> = Vec::new();
            for part in Path::new(&path).components() {
                match part {
                    Component::Normal(name) => seen.push(name.to_str().unwrap()),
                    Component::ParentDir => prop_assert!(seen.pop().is_some()),
                    Component::CurDir => {}
                    Component::RootDir | Component::Prefix(_) => prop_assert!(false),
                }
            }
            prop_assert_eq!(seen, names);
        }
    }

    #[test]
    fn folding_twice_changes_nothing_and_case_nothing_at_all(name in tricky()) {
        let key = clash_key(&name);
        prop_assert_eq!(&key, &clash_key(&key));
        let upper: String = name.nfc_upper();
        prop_assert_eq!(&key, &clash_key(&upper));
    }
}

trait Upper {
    fn nfc_upper(&self) -> String;
}

impl Upper for String {
    fn nfc_upper(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        self.nfc().flat_map(char::to_uppercase).collect()
    }
}
