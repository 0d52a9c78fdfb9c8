//! A text as values.

use std::collections::HashMap;
use std::path::Path;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::places::Places;
use super::{Member, Spanned, Value, wrong};
use crate::diagnostic::Diagnostic;

/// No project, model or meta file comes near this, and what is read takes some thirty times its bytes at the worst.
const MOST_BYTES: usize = 16 << 20;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Read a text, which is UTF-8 with one value in it. `path` is for what is said about it.
pub fn parse(text: &[u8], path: &Path) -> Result<Spanned, Diagnostic> {
    let whole = |message: String, help: &str| {
        Diagnostic::error(path, None, wrong::MALFORMED, message, help.to_owned())
    };
    if text.len() > MOST_BYTES {
        let message = format!("the text is longer than {} MiB", MOST_BYTES >> 20);
        return Err(whole(message, "split it into several files"));
    }
    let text = std::str::from_utf8(text).map_err(|error| wrong::encoding(text, &error, path))?;
    if text.starts_with(BYTE_ORDER_MARK) {
        let message = "the text begins with a byte order mark, which is no JSON".to_owned();
        return Err(whole(message, "save it as UTF-8 without a byte order mark"));
    }
    let read = parse_to_ast(text, &CollectOptions::default(), &options())
        .map_err(|error| wrong::syntax(text, &error, path))?;
    let Some(value) = read.value else {
        return Err(whole("there is no value in the text".to_owned(), "write an object, as in {}"));
    };
    Ok(spanned(value, &mut Places::new(text)))
}

/// What Rojo's own parser takes, which is an older one: what came to JSON5 later is refused.
fn options() -> ParseOptions {
    ParseOptions {
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
        ..ParseOptions::default()
    }
}

/// The parser caps the depth, so neither this nor dropping a value can run out of stack.
fn spanned(value: ast::Value<'_>, places: &mut Places<'_>) -> Spanned {
    let at = places.of(value.range().start);
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(it) => Value::Bool(it.value),
        ast::Value::NumberLit(it) => Value::Number(nearest_double(it.value), it.value.into()),
        ast::Value::StringLit(it) => Value::String(it.value.into_owned()),
        ast::Value::Array(it) => {
            Value::Array(it.elements.into_iter().map(|item| spanned(item, places)).collect())
        }
        ast::Value::Object(it) => object(it, places),
    };
    Spanned { value, at }
}

fn object(object: ast::Object<'_>, places: &mut Places<'_>) -> Value {
    let mut members: Vec<Member> = Vec::with_capacity(object.properties.len());
    let mut known = HashMap::new();
    for property in object.properties {
        let key_at = places.of(property.name.range().start);
        let key = property.name.into_string();
        let value = spanned(property.value, places);
        let slot = *known.entry(key.clone()).or_insert(members.len());
        let member = Member { key, key_at, value };
        match members.get_mut(slot) {
            Some(earlier) => *earlier = member,
            None => members.push(member),
        }
    }
    Value::Object(members)
}

fn nearest_double(written: &str) -> f64 {
    let size = written.trim_start_matches(['-', '+']);
    let nearest = match size.strip_prefix("0x").or_else(|| size.strip_prefix("0X")) {
        Some(digits) => digits.bytes().fold(0.0, |sum, digit| sum * 16.0 + f64::from(hexadecimal(digit))),
        // The parser takes nothing that is no number in Rust too.
        None => size.parse().unwrap_or(f64::NAN),
    };
    if written.starts_with('-') { -nearest } else { nearest }
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}
