use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::diagnostic::Diagnostic;

fn read(text: &str) -> Result<Value, Diagnostic> {
    parse(text.as_bytes(), Path::new("it.json")).map(|it| it.value)
}

fn wrong(text: &[u8]) -> (Option<(u32, u32)>, String, String) {
    let wrong = parse(text, Path::new("it.json")).unwrap_err();
    assert_eq!((Path::new("it.json"), "malformed-json"), (wrong.path.as_path(), wrong.code));
    (wrong.place.map(|at| (at.line, at.column)), wrong.message, wrong.help)
}

/// The numbers and texts of a flat array.
fn flat(text: &str) -> Vec<String> {
    let Value::Array(items) = read(text).unwrap() else { panic!("no array") };
    let item = |it: Spanned| match it.value {
        Value::Number(number, written) => format!("{number} {written}"),
        Value::String(text) => text,
        other => format!("{other:?}"),
    };
    items.into_iter().map(item).collect()
}

#[test]
fn comments_and_commas_at_the_end_are_read_over() {
    assert_eq!(
        read("{\"a\":[1,true,null]}").unwrap().to_string(),
        read("// one\n{ /* two */ \"a\" : [1, true, null,], }\n// three").unwrap().to_string()
    );
}

#[test]
fn what_rojo_reads_is_read() {
    assert_eq!(
        ["1 +1", "-16 -0x10", "255 0XfF", "-0 -0", "inf 1e999"],
        *flat("[+1, -0x10, 0XfF, -0, 1e999]")
    );
    assert_eq!(["a", "b \"c\"", "é😀\n/"], *flat("['a' 'b \"c\"', \"\\u00e9\\ud83d\\ude00\\n\\/\"]"));
    assert_eq!("{a-1: true, 2: null}", read("{a-1: true 2: null}").unwrap().to_string());
}

#[test]
fn what_rojo_refuses_is_refused() {
    for text in
        [".5", "5.", "Infinity", "NaN", "\"\\x41\"", "\"\\v\"", "'\\\"'", "01", "{} {}", "[,]", "{,}", "tru"]
    {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn of_a_name_that_stands_twice_the_last_value_holds() {
    assert_eq!("{a: 3, b: 2}", read("{\"a\": 1, \"b\": 2, \"a\": 3}").unwrap().to_string());
}

#[test]
fn names_and_values_know_their_places() {
    let whole = parse("{\n  \"ä\": [\"x\", 2],\n}".as_bytes(), Path::new("it.json")).unwrap();
    let Value::Object(members) = &whole.value else { panic!("no object") };
    let Value::Array(items) = &members[0].value.value else { panic!("no array") };
    let places = [whole.at, members[0].key_at, members[0].value.at, items[0].at, items[1].at];
    assert_eq!([(1, 1), (2, 3), (2, 8), (2, 9), (2, 14)], places.map(|at| (at.line, at.column)));
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let told = |line, column, message: &str, help: &str| (Some((line, column)), message.into(), help.into());
    assert_eq!(told(1, 1, "the object that begins here has no end", "close it with }"), wrong(b"{\"a\": 1"));
    assert_eq!(told(2, 5, "a key has no value", "write a value behind the colon"), wrong(b"{\n\"a\":"));
    assert_eq!(
        told(1, 2, "this word is no value", "put text in quotes; the words without are true, false and null"),
        wrong(b"[yes ]")
    );
    assert_eq!(told(1, 2, "the text that begins here has no end", "close it with a quote"), wrong(b"[\"a"));
    assert_eq!(told(2, 2, "the text is not UTF-8", "save it as UTF-8"), wrong(b"[\n1\xff]"));
    assert_eq!(
        (None, "there is no value in the text".into(), "write an object, as in {}".into()),
        wrong(b"// nothing\n")
    );
    let (place, message, help) = wrong(b"\xef\xbb\xbf{}");
    assert_eq!((None, "save it as UTF-8 without a byte order mark"), (place, help.as_str()));
    assert!(message.contains("byte order mark"));
}

#[test]
fn a_text_that_is_nested_without_end_is_refused_and_not_followed() {
    let deep = |levels: usize, open: &str| [open.repeat(levels), "1".into()].concat();
    for text in [deep(200_000, "["), deep(200_000, "{a:"), deep(200_000, "[{a:")] {
        assert_eq!("values are nested too deeply", wrong(text.as_bytes()).1);
    }
    assert!(read(&format!("{}1{}", "[".repeat(200), "]".repeat(200))).is_ok());
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    let wrong = wrong(&vec![b' '; (16 << 20) + 1]);
    assert_eq!((None, "the text is longer than 16 MiB"), (wrong.0, wrong.1.as_str()));
}

#[test]
fn one_long_line_costs_one_walk() {
    // A walk for each value would be 10^11 steps.
    let text = format!("[{}]", "1,".repeat(400_000));
    assert_eq!(400_000, flat(&text).len());
}

#[test]
fn many_names_cost_no_more_than_their_number() {
    let members: Vec<_> = (0..200_000).map(|number| format!("\"{number}\":0")).collect();
    let text = format!("{{{}}}", members.join(","));
    let Value::Object(members) = read(&text).unwrap() else { panic!("no object") };
    assert_eq!(200_000, members.len());
}

/// To compare in tests without places.
impl std::fmt::Display for Value {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => to.write_str("null"),
            Self::Bool(it) => write!(to, "{it}"),
            Self::Number(_, written) => to.write_str(written),
            Self::String(it) => write!(to, "{it:?}"),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(|it| it.value.to_string()).collect();
                write!(to, "[{}]", items.join(", "))
            }
            Self::Object(members) => {
                let members: Vec<_> =
                    members.iter().map(|it| format!("{}: {}", it.key, it.value.value)).collect();
                write!(to, "{{{}}}", members.join(", "))
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(serde_json::Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn all_of_json_is_read_as_what_it_says(value in any_json()) {
        for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let read = parse(text.as_bytes(), Path::new("it.json")).unwrap();
            // Not the value itself: serde_json does not read every double back exactly, and Rojo reads with it.
            let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(expected, crate::values::as_json(&read));
        }
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(parse(&bytes, Path::new("it.json")));
    }

    #[test]
    fn nothing_made_of_signs_breaks_it(text in "[\\[\\]{}:,\"'/*\\\\a0xu.+ \n\u{fe}-]{0,60}") {
        drop(read(&text));
    }
}
