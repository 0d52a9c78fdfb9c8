//! `JSONEncode` and `JSONDecode` with what is special about Roblox's: an empty table is `[]`, a table with a first
//! element is an array and loses its other keys, and what is no finite number is written as it is, which is not JSON.

use std::fmt::Write as _;

use mlua::{Lua, Table, Value};

/// Deeper than anything that is sent; shallower than this program's stack.
const MOST_DEPTH: usize = 200;
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of a value, or why there is none.
pub fn encode(value: &Value) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    write(value, &mut text, 0)?;
    Ok(text)
}

fn write(value: &Value, text: &mut Vec<u8>, depth: usize) -> Result<(), String> {
    if depth > MOST_DEPTH {
        return Err("Can't convert to JSON: tables cannot be cyclic".to_owned());
    }
    match value {
        Value::Nil => text.extend_from_slice(b"null"),
        Value::Boolean(truth) => text.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Value::Integer(number) => text.extend_from_slice(number.to_string().as_bytes()),
        Value::Number(number) => text.extend_from_slice(spelled(*number).as_bytes()),
        Value::String(string) => quote(&string.as_bytes(), text)?,
        Value::Table(table) => write_table(table, text, depth)?,
        other => return Err(format!("Can't convert to JSON: {}", other.type_name())),
    }
    Ok(())
}

fn spelled(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < LARGEST_EXACT {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

fn write_table(table: &Table, text: &mut Vec<u8>, depth: usize) -> Result<(), String> {
    let said = |error: mlua::Error| error.to_string();
    let length = table.raw_len();
    if length > 0 || table.is_empty() {
        text.push(b'[');
        for index in 1..=length {
            if index > 1 {
                text.push(b',');
            }
            write(&table.raw_get(index).map_err(said)?, text, depth + 1)?;
        }
        text.push(b']');
        return Ok(());
    }
    text.push(b'{');
    let mut first = true;
    for pair in table.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(said)?;
        let Value::String(key) = key else { continue };
        if !first {
            text.push(b',');
        }
        first = false;
        quote(&key.as_bytes(), text)?;
        text.push(b':');
        write(&value, text, depth + 1)?;
    }
    text.push(b'}');
    Ok(())
}

fn quote(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), String> {
    let string = std::str::from_utf8(bytes).map_err(|_| "Can't convert to JSON: not UTF-8".to_owned())?;
    let mut quoted = String::with_capacity(string.len() + 2);
    quoted.push('"');
    for letter in string.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control < ' ' => {
                write!(quoted, "\\u{:04x}", u32::from(control)).map_err(|error| error.to_string())?;
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    text.extend_from_slice(quoted.as_bytes());
    Ok(())
}

/// The value of a text; `null` is nothing, so that a key with it is not there. None where it is not JSON.
pub fn decode(lua: &Lua, text: &[u8]) -> Option<Value> {
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    to_luau(lua, value).ok()
}

fn to_luau(lua: &Lua, value: serde_json::Value) -> mlua::Result<Value> {
    Ok(match value {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(truth) => Value::Boolean(truth),
        // Every number is a double, as there.
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(string) => Value::String(lua.create_string(string)?),
        serde_json::Value::Array(values) => {
            let table = lua.create_table()?;
            for (index, value) in values.into_iter().enumerate() {
                table.raw_set(index + 1, to_luau(lua, value)?)?;
            }
            Value::Table(table)
        }
        serde_json::Value::Object(fields) => {
            let table = lua.create_table()?;
            for (key, value) in fields {
                table.raw_set(key, to_luau(lua, value)?)?;
            }
            Value::Table(table)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(source: &str) -> Result<String, String> {
        let lua = Lua::new();
        encode(&lua.load(source).eval().unwrap()).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn an_empty_table_is_an_array_and_a_mixed_one_loses_its_names() {
        assert_eq!(Ok("[[],[1,2]]".to_owned()), encoded("return {{}, {1, 2, name = 3}}"));
    }

    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        assert_eq!(
            Ok("[1700000000123,0.5,-3,inf]".to_owned()),
            encoded("return {1700000000123, 0.5, -3, math.huge}")
        );
    }

    #[test]
    fn letters_that_need_it_are_escaped() {
        assert_eq!(Ok(r#"{"a\"\\\n\u0001":"é"}"#.to_owned()), encoded(r#"return {["a\"\\\n\1"] = "é"}"#));
    }

    #[test]
    fn a_cycle_a_function_and_foreign_bytes_are_refused() {
        for source in ["local t = {} t.t = t return t", "return print", r#"return "\255""#] {
            assert!(encoded(source).is_err(), "{source}");
        }
    }

    #[test]
    fn a_text_comes_back_without_its_nulls() {
        let lua = Lua::new();
        let Some(Value::Table(table)) = decode(&lua, br#"{"a": null, "b": [1, "x"], "c": true}"#) else {
            panic!("this is JSON")
        };

        assert!(table.get::<Value>("a").unwrap().is_nil());
        assert_eq!(
            Ok(r#"[1,"x"]"#.to_owned()),
            encode(&table.get("b").unwrap()).map(|t| String::from_utf8(t).unwrap())
        );
        assert!(decode(&lua, b"{").is_none());
    }
}
