//! Data as the source of a module that returns it, byte for byte as Rojo writes it.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::mapping::Input;
use crate::tree::Node;

use rbx_dom_weak::types::Variant;
use rbx_dom_weak::ustr;

/// What data files hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Nil,
    Truth(bool),
    Number(f64),
    Text(String),
    List(Vec<Data>),
    Table(Vec<(Data, Data)>),
}

/// Indents and long numbers make the source larger than the file; a file that is made for it, without bound.
const MOST_SOURCE_BYTES: usize = 64 << 20;

/// The module that returns the data.
pub(super) fn module(data: &Data, input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut source = Source { text: "return ".to_owned(), indent: 0 };
    if source.value(data).is_none() {
        found.push(Diagnostic::error(
            input.path,
            None,
            "too-large",
            format!("as source, the data takes more than {MOST_SOURCE_BYTES} bytes"),
            "split the file".to_owned(),
        ));
        return None;
    }
    let mut node = Node::new(input.name, "ModuleScript");
    node.set(ustr("Source"), Variant::String(source.text));
    Some(node)
}

struct Source {
    text: String,
    indent: usize,
}

impl Source {
    fn value(&mut self, data: &Data) -> Option<()> {
        match data {
            Data::Nil => self.text.push_str("nil"),
            Data::Truth(truth) => self.text.push_str(if *truth { "true" } else { "false" }),
            Data::Number(number) => self.number(*number),
            Data::Text(text) => self.text(text),
            Data::List(items) => {
                self.text.push('{');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(", ");
                    }
                    self.value(item)?;
                }
                self.text.push('}');
            }
            Data::Table(entries) => self.table(entries)?,
        }
        (self.text.len() <= MOST_SOURCE_BYTES).then_some(())
    }

    fn table(&mut self, entries: &[(Data, Data)]) -> Option<()> {
        self.text.push_str("{\n");
        self.indent += 1;
        for (key, value) in entries {
            self.tabs();
            self.key(key)?;
            self.text.push_str(" = ");
            self.value(value)?;
            self.text.push_str(",\n");
        }
        self.indent -= 1;
        self.tabs();
        self.text.push('}');
        Some(())
    }

    fn key(&mut self, key: &Data) -> Option<()> {
        match key {
            Data::Text(name) if is_name(name) => self.text.push_str(name),
            _ => {
                self.text.push('[');
                self.value(key)?;
                self.text.push(']');
            }
        }
        Some(())
    }

    fn number(&mut self, number: f64) {
        if number.is_nan() {
            self.text.push_str("0/0");
        } else if number.is_infinite() {
            self.text.push_str(if number > 0.0 { "math.huge" } else { "-math.huge" });
        } else {
            // Writing to a text never fails.
            let _ = write!(self.text, "{number}");
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\r' => self.text.push_str("\\r"),
                '\n' => self.text.push_str("\\n"),
                '\t' => self.text.push_str("\\t"),
                '\\' => self.text.push_str("\\\\"),
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    fn tabs(&mut self) {
        self.text.extend(std::iter::repeat_n('\t', self.indent));
    }
}

/// Whether a key can stand without brackets.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !KEYWORDS.contains(&text)
}

const KEYWORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn written(data: &Data) -> String {
        let mut source = Source { text: String::new(), indent: 0 };
        source.value(data).unwrap();
        source.text
    }

    fn text(text: &str) -> Data {
        Data::Text(text.to_owned())
    }

    #[test]
    fn what_would_end_a_text_is_escaped_and_all_else_stands_as_it_is() {
        assert_eq!("\"\\\"\\r\\n\\t\\\\ü\u{0}\"", written(&text("\"\r\n\t\\ü\0")));
    }

    #[test]
    fn numbers_are_written_out() {
        let numbers = [1.0, -0.0, 0.1, 1e21, 5e-7, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let expected =
            ["1", "-0", "0.1", "1000000000000000000000", "0.0000005", "0/0", "math.huge", "-math.huge"];
        assert_eq!(expected.map(str::to_owned), numbers.map(|number| written(&Data::Number(number))));
    }

    #[test]
    fn keys_have_brackets_where_they_are_no_names() {
        let keys = ["a", "_1", "1a", "", "while", "continue", "ü", "a-b"];
        let expected = ["a", "_1", "[\"1a\"]", "[\"\"]", "[\"while\"]", "continue", "[\"ü\"]", "[\"a-b\"]"];
        for (key, expected) in keys.iter().zip(expected) {
            let table = Data::Table(vec![(text(key), Data::Nil)]);
            assert_eq!(format!("{{\n\t{expected} = nil,\n}}"), written(&table));
        }
        let list = Data::List(vec![Data::Number(1.0), Data::Truth(true)]);
        let table = Data::Table(vec![(Data::Number(-1.5), Data::Nil), (list, Data::Nil)]);
        assert_eq!("{\n\t[-1.5] = nil,\n\t[{1, true}] = nil,\n}", written(&table));
    }

    #[test]
    fn tables_indent_and_lists_stand_on_one_line() {
        let inner = Data::Table(vec![(text("b"), Data::Table(Vec::new()))]);
        let list = Data::List(vec![Data::Number(1.0), inner, Data::List(Vec::new())]);
        assert_eq!(
            "{\n\ta = {1, {\n\t\tb = {\n\t\t},\n\t}, {}},\n}",
            written(&Data::Table(vec![(text("a"), list)]))
        );
    }

    #[test]
    fn a_source_that_grows_beyond_the_cap_is_refused() {
        let input = Input { path: std::path::Path::new("it"), name: "it", bytes: b"", legacy_scripts: true };
        let mut found = Vec::new();
        assert_eq!(None, module(&Data::List(vec![Data::Number(1e308); 250_000]), &input, &mut found));
        assert_eq!("too-large", found[0].code);
    }
}
