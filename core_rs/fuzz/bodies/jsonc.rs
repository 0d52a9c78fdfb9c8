//! JSON with comments: any bytes are judged, what is JSON is read as what it says, and every place is one in the text.

use std::path::Path;

use _core::diagnostic::Place;
use _core::jsonc::{Spanned, Value, parse};

pub type Input<'a> = &'a [u8];

/// `serde_json` follows fewer levels.
const DEPTH_MOST: usize = 100;

pub fn run(text: Input<'_>) {
    let lines: Vec<usize> = String::from_utf8_lossy(text).split('\n').map(|line| line.chars().count()).collect();
    let plain: Option<serde_json::Value> = serde_json::from_slice(text).ok();
    match parse(text, Path::new("it")) {
        Ok(read) => {
            check_places(&read, &lines);
            if let Some(plain) = plain {
                assert!(is_same(&read, &plain));
            }
        }
        Err(wrong) => {
            let opened = text.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
            assert!(plain.is_none() || opened > DEPTH_MOST, "{wrong:?}");
            assert!(!wrong.message.is_empty() && !wrong.help.is_empty());
            wrong.place.into_iter().for_each(|at| check(at, &lines));
        }
    }
}

fn check_places(value: &Spanned, lines: &[usize]) {
    check(value.at, lines);
    match &value.value {
        Value::Array(items) => items.iter().for_each(|item| check_places(item, lines)),
        Value::Object(members) => members.iter().for_each(|member| {
            check(member.key_at, lines);
            check_places(&member.value, lines);
        }),
        _ => {}
    }
}

/// A place may be behind the last character of its line.
fn check(at: Place, lines: &[usize]) {
    let [line, column] = [at.line, at.column].map(|it| it as usize);
    assert!(line >= 1 && column >= 1 && line <= lines.len() && column <= lines[line - 1] + 1, "{at:?}");
}

fn is_same(read: &Spanned, plain: &serde_json::Value) -> bool {
    match (&read.value, plain) {
        (Value::Bool(one), serde_json::Value::Bool(other)) => one == other,
        // How they round is their own affair.
        (Value::Number(..), serde_json::Value::Number(_)) | (Value::Null, serde_json::Value::Null) => true,
        (Value::String(one), serde_json::Value::String(other)) => one == other,
        (Value::Array(one), serde_json::Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), serde_json::Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|one| other.get(&one.key).is_some_and(|other| is_same(&one.value, other)))
        }
        _ => false,
    }
}
