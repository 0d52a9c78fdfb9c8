//! JSON files.

use crate::diagnostic::Diagnostic;
use crate::jsonc::{self, Spanned, Value};
use crate::mapping::Input;
use crate::mapping::luau::{Data, module};
use crate::tree::Node;
use crate::values::as_json;

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let whole = jsonc::parse(input.bytes, input.path).map_err(|wrong| found.push(wrong)).ok()?;
    module(&data(&whole), input, found)
}

fn data(value: &Spanned) -> Data {
    match &value.value {
        Value::Null => Data::Nil,
        Value::Bool(truth) => Data::Truth(*truth),
        Value::Number(..) => match as_json(value) {
            serde_json::Value::String(text) => Data::Text(text),
            number => number.as_f64().map_or(Data::Nil, Data::Number),
        },
        Value::String(text) => Data::Text(text.clone()),
        Value::Array(items) => Data::List(items.iter().map(data).collect()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // By their bytes, whatever the order in the file.
            members.sort_by(|one, other| one.key.cmp(&other.key));
            let entries = members.into_iter().map(|it| (Data::Text(it.key.clone()), data(&it.value)));
            Data::Table(entries.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::mapping::Kind;
    use crate::mapping::testing::{code, source};

    #[test]
    fn a_json_file_is_a_module_that_returns_it_with_its_keys_sorted() {
        let json = r#"{
            "list": [1, 2.50, "x",], "object": {"Z": "z", "a": {}}, // comments
            "true": true, "null": null, "float": 1234.5452, "1": 1e3, "big": 123456789012345678901
        }"#;
        let expected = "return {\n\t[\"1\"] = 1000,\n\tbig = 123456789012345670000,\n\tfloat = 1234.5452,\n\
            \tlist = {1, 2.5, \"x\"},\n\tnull = nil,\n\tobject = {\n\t\tZ = \"z\",\n\t\ta = {\n\t\t},\n\t},\n\
            \t[\"true\"] = true,\n}";
        assert_eq!(expected, source(Kind::Json, json));
    }

    #[test]
    fn any_value_may_stand_alone() {
        assert_eq!("return 5", source(Kind::Json, "5"));
        assert_eq!("return {}", source(Kind::Json, "[]"));
        assert_eq!("return {\n}", source(Kind::Json, "{}"));
        assert_eq!("return \"1e999\"", source(Kind::Json, "1e999"));
    }

    #[test]
    fn what_is_no_json_is_told() {
        assert_ne!("", code(Kind::Json, b"{"));
        assert_ne!("", code(Kind::Json, b""));
        assert_ne!("", code(Kind::Json, b"\xFF"));
    }
}
