//! YAML files.

mod load;

use yaml_rust2::Yaml;

use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::luau::{Data, module};
use crate::mapping::{Input, text};
use crate::tree::Node;

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = text::utf8(input, found)?;
    let mut tell = |place: Option<Place>, message: String| {
        found.push(Diagnostic::error(input.path, place, "malformed-yaml", message, String::new()));
    };
    let whole = load::load(text).map_err(|wrong| tell(Some(wrong.at), wrong.message)).ok()?;
    let data = data(whole).map_err(|message| tell(None, message)).ok()?;
    module(&data, input, found)
}

/// Beyond this, not every whole number is a double.
const LARGEST_WHOLE: i64 = 1 << 53;

fn data(value: Yaml) -> Result<Data, String> {
    Ok(match value {
        Yaml::String(text) => Data::Text(text),
        Yaml::Boolean(truth) => Data::Truth(truth),
        Yaml::Integer(number) if number > LARGEST_WHOLE => {
            return Err(format!(
                "the number {number} is beyond {LARGEST_WHOLE}, so Luau cannot hold it; write a text"
            ));
        }
        #[allow(clippy::cast_precision_loss, reason = "a number below zero is rounded, as Rojo does")]
        Yaml::Integer(number) => Data::Number(number as f64),
        Yaml::Real(ref text) => Data::Number(value.as_f64().ok_or_else(|| format!("{text:?} is no number"))?),
        Yaml::Array(items) => Data::List(items.into_iter().map(data).collect::<Result<_, _>>()?),
        Yaml::Hash(entries) => {
            let entries = entries.into_iter().map(|(key, value)| match key {
                Yaml::Null => Err("null cannot be a key of a table".to_owned()),
                key => Ok((data(key)?, data(value)?)),
            });
            Data::Table(entries.collect::<Result<_, _>>()?)
        }
        Yaml::Null | Yaml::Alias(_) | Yaml::BadValue => Data::Nil,
    })
}

#[cfg(test)]
mod tests {
    use crate::mapping::Kind;
    use crate::mapping::testing::{code, file, source};

    #[test]
    fn a_yaml_file_is_a_module_that_returns_it_in_its_order() {
        let yaml = "---\nz: 1\na: [x, 'y', ~, 0x10, 1.50, .inf, -.INF]\nwith-hyphen:\n  - k: v\n  - true\n1: null\n? [1]\n: b\n";
        let expected = "return {\n\tz = 1,\n\ta = {\"x\", \"y\", nil, 16, 1.5, math.huge, -math.huge},\n\
            \t[\"with-hyphen\"] = {{\n\t\tk = \"v\",\n\t}, true},\n\t[1] = nil,\n\t[{1}] = \"b\",\n}";
        assert_eq!(expected, source(Kind::Yaml, yaml));
    }

    #[test]
    fn an_alias_is_what_it_stands_for() {
        assert_eq!("return {\n\ta = {1},\n\tb = {1},\n}", source(Kind::Yaml, "a: &x [1]\nb: *x\n"));
    }

    #[test]
    fn a_tag_says_what_a_scalar_is() {
        assert_eq!(
            "return {\"1\", 1, 1, \"x\"}",
            source(Kind::Yaml, "[!!str 1, !!float 1, !!int 1, !other x]")
        );
        assert_eq!("malformed-yaml", code(Kind::Yaml, b"[!!int x]"));
    }

    #[test]
    fn a_number_that_luau_cannot_hold_is_refused() {
        assert_eq!("return 9007199254740992", source(Kind::Yaml, "9007199254740992"));
        assert_eq!("malformed-yaml", code(Kind::Yaml, b"9007199254740993"));
    }

    #[test]
    fn a_file_holds_one_document() {
        for wrong in ["", "# nothing\n", "--- 1\n--- 2\n", "1\n---\n"] {
            assert_eq!("malformed-yaml", code(Kind::Yaml, wrong.as_bytes()), "{wrong:?}");
        }
        assert_eq!("return nil", source(Kind::Yaml, "---\n"));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let (_, found) = file(Kind::Yaml, b"a: 1\nb: [\n");
        assert_eq!(3, found[0].place.unwrap().line, "{found:?}");
        let (_, found) = file(Kind::Yaml, b"a: 1\na: 2\n");
        assert_eq!((2, "the key \"a\" is there twice"), (found[0].place.unwrap().line, &*found[0].message));
        for wrong in ["~: 1", "*a", "&a [*a]", "a: b: c"] {
            assert_eq!("malformed-yaml", code(Kind::Yaml, wrong.as_bytes()), "{wrong:?}");
        }
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..7 {
            let below = format!("*a{}, ", level - 1).repeat(8);
            yaml = format!("{yaml}a{level}: &a{level} [{below}]\n");
        }
        assert_eq!("malformed-yaml", code(Kind::Yaml, yaml.as_bytes()));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(200));
        assert_eq!("malformed-yaml", code(Kind::Yaml, long.as_bytes()));
    }

    #[test]
    fn a_deep_file_is_refused() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(
            format!("return {}", nested(128).replace('[', "{").replace(']', "}")),
            source(Kind::Yaml, &nested(128))
        );
        assert_eq!("malformed-yaml", code(Kind::Yaml, nested(129).as_bytes()));
        for deep in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000), "? ".repeat(100_000)]
        {
            assert_eq!("malformed-yaml", code(Kind::Yaml, deep.as_bytes()));
        }
    }
}
