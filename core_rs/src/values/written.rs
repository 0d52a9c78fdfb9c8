//! A read value as `serde` takes it.

use std::str::FromStr;

use serde_json::{Map, Number, Value as Json};

use crate::jsonc::{Spanned, Value};

/// The value without its places.
pub(crate) fn as_json(value: &Spanned) -> Json {
    match &value.value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Number(_, written) => number(written),
        Value::String(it) => Json::String(it.clone()),
        Value::Array(items) => Json::Array(items.iter().map(as_json).collect()),
        Value::Object(members) => {
            let members = members.iter().map(|member| (member.key.clone(), as_json(&member.value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
    }
}

/// What a number stands for. One that no double can hold is the text as it is written, as Rojo has it.
pub(super) fn number(written: &str) -> Json {
    let is_negative = written.starts_with('-');
    let digits = written.trim_start_matches(['-', '+']);
    if let Some(hexadecimal) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        if let Ok(size) = i64::from_str_radix(hexadecimal, 16) {
            return Json::Number(if is_negative { -size } else { size }.into());
        }
    } else if let Ok(number) = Number::from_str(written.trim_start_matches('+')) {
        return Json::Number(number);
    }
    Json::String(written.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_keeps_what_it_is_written_as() {
        let all = ["1", "1.0", "-0", "+7", "0x1F", "-0X10", "18446744073709551615", "1e3"];
        let expected = [
            json!(1),
            json!(1.0),
            json!(-0.0),
            json!(7),
            json!(31),
            json!(-16),
            json!(u64::MAX),
            json!(1000.0),
        ];
        assert_eq!(expected, all.map(number));
    }

    #[test]
    fn a_number_beyond_all_doubles_is_its_text() {
        assert_eq!(
            [json!("1e999"), json!("0xffffffffffffffff")],
            ["1e999", "0xffffffffffffffff"].map(number)
        );
    }
}
