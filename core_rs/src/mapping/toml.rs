//! TOML files.

use toml::Value;
use toml::value::{Datetime, Offset};

use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::luau::{Data, module};
use crate::mapping::{Input, text};
use crate::tree::Node;

/// A line ends in LF inside of strings too: that may be said of TOML, and Rojo says it.
pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = &text::utf8(input, found)?.replace("\r\n", "\n");
    let table: toml::Table = toml::from_str(text)
        .map_err(|error| {
            let place = error.span().map(|span| text::place(text, span.start));
            found.push(malformed(input, place, error.message().to_owned()));
        })
        .ok()?;
    let data = data(&Value::Table(table))
        .map_err(|time| {
            found.push(malformed(input, None, format!("the time {time} does not have 0 to 59 seconds")));
        })
        .ok()?;
    module(&data, input, found)
}

fn malformed(input: &Input<'_>, place: Option<Place>, message: String) -> Diagnostic {
    Diagnostic::error(input.path, place, "malformed-toml", message, String::new())
}

fn data(value: &Value) -> Result<Data, Datetime> {
    Ok(match value {
        Value::String(text) => Data::Text(text.clone()),
        #[allow(clippy::cast_precision_loss, reason = "Luau has no other numbers")]
        Value::Integer(number) => Data::Number(*number as f64),
        Value::Float(number) => Data::Number(*number),
        Value::Boolean(truth) => Data::Truth(*truth),
        Value::Datetime(time) => Data::Text(written(*time)?),
        Value::Array(items) => Data::List(items.iter().map(data).collect::<Result<_, _>>()?),
        Value::Table(table) => {
            let mut entries = Vec::with_capacity(table.len());
            for (key, value) in table {
                entries.push((Data::Text(key.clone()), data(value)?));
            }
            Data::Table(entries)
        }
    })
}

/// A time as Rojo writes it: no zeros at the end of a fraction, and no sign of an offset under an hour.
fn written(time: Datetime) -> Result<String, Datetime> {
    let mut text = time.date.map(|date| date.to_string()).unwrap_or_default();
    if let Some(clock) = time.time {
        // TOML 1.1 may leave the seconds out, and 60 of them are a leap; what Rojo reads has them, and at most 59.
        let second = clock.second.filter(|second| *second < 60).ok_or(time)?;
        let separator = if time.date.is_some() { "T" } else { "" };
        let fraction = match clock.nanosecond {
            Some(nanosecond) if nanosecond != 0 => format!(".{nanosecond:09}"),
            _ => String::new(),
        };
        let fraction = fraction.trim_end_matches('0');
        text = format!("{text}{separator}{:02}:{:02}:{second:02}{fraction}", clock.hour, clock.minute);
    }
    Ok(match time.offset {
        None => text,
        Some(Offset::Z) => text + "Z",
        Some(Offset::Custom { minutes }) => format!("{text}{:+03}:{:02}", minutes / 60, (minutes % 60).abs()),
    })
}

#[cfg(test)]
mod tests {
    use crate::mapping::Kind;
    use crate::mapping::testing::{code, file, source};

    #[test]
    fn a_toml_file_is_a_module_that_returns_it_with_its_keys_sorted() {
        let toml =
            "z = 1\nlist = [1, 2.5, \"x\", {b = true}]\n\"1\" = inf\n[a]\nnan = nan\n[[c]]\nd = 1\n[[c]]\n";
        let expected = "return {\n\t[\"1\"] = math.huge,\n\ta = {\n\t\tnan = 0/0,\n\t},\n\
            \tc = {{\n\t\td = 1,\n\t}, {\n\t}},\n\tlist = {1, 2.5, \"x\", {\n\t\tb = true,\n\t}},\n\tz = 1,\n}";
        assert_eq!(expected, source(Kind::Toml, toml));
        assert_eq!("return {\n}", source(Kind::Toml, ""));
    }

    #[test]
    fn times_are_texts() {
        for (toml, expected) in [
            ("1979-05-27T00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00"),
            ("1979-05-27 07:32:00z", "1979-05-27T07:32:00Z"),
            ("1979-05-27T07:32:00.500", "1979-05-27T07:32:00.5"),
            ("1979-05-27T07:32:00.000+01:30", "1979-05-27T07:32:00+01:30"),
            ("1979-05-27T07:32:00-00:30", "1979-05-27T07:32:00+00:30"),
            ("1979-05-27", "1979-05-27"),
            ("00:32:00.000001", "00:32:00.000001"),
        ] {
            let source = source(Kind::Toml, &format!("a = {toml}"));
            assert_eq!(format!("return {{\n\ta = \"{expected}\",\n}}"), source);
        }
    }

    #[test]
    fn what_is_no_toml_is_told_at_its_place() {
        let (_, found) = file(Kind::Toml, b"a = 1\nb = \n");
        assert_eq!(("malformed-toml", 2), (found[0].code, found[0].place.unwrap().line));
        assert_eq!("malformed-toml", code(Kind::Toml, b"a = 07:32"));
        assert_eq!("malformed-toml", code(Kind::Toml, b"a = 23:59:60"));
        assert_eq!("not-utf8", code(Kind::Toml, b"a = '\xFF'"));
    }

    #[test]
    fn a_deep_file_is_refused() {
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(!file(Kind::Toml, deep.as_bytes()).1.is_empty());
        let deep = format!("[{}a]", "a.".repeat(100_000));
        assert!(!file(Kind::Toml, deep.as_bytes()).1.is_empty());
    }
}
