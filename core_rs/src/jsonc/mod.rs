//! JSON with comments and trailing commas, with places.

use crate::diagnostic::Place;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned {
    #[allow(missing_docs, reason = "the names say it")]
    pub value: Value,
    #[allow(missing_docs, reason = "the names say it")]
    pub at: Place,
}

/// What JSON can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    #[allow(missing_docs, reason = "the names say it")]
    Null,
    #[allow(missing_docs, reason = "the names say it")]
    Bool(bool),
    /// A number, and how it is written.
    Number(f64, Box<str>),
    #[allow(missing_docs, reason = "the names say it")]
    String(String),
    #[allow(missing_docs, reason = "the names say it")]
    Array(Vec<Spanned>),
    /// In the order of the file.
    Object(Vec<Member>),
}

/// One key of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    #[allow(missing_docs, reason = "the names say it")]
    pub key: String,
    #[allow(missing_docs, reason = "the names say it")]
    pub key_at: Place,
    #[allow(missing_docs, reason = "the names say it")]
    pub value: Spanned,
}

/// Read a text.
pub fn parse(text: &[u8], path: &std::path::Path) -> Result<Spanned, crate::diagnostic::Diagnostic> {
    use jsonc_parser::ast;

    use crate::diagnostic::Diagnostic;

    fn place(text: &str, at: usize) -> Place {
        let before = &text[..at];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place { line: u32::try_from(line).unwrap_or(0), column: u32::try_from(column).unwrap_or(0) }
    }
    fn spanned(text: &str, value: ast::Value<'_>) -> Spanned {
        use jsonc_parser::common::Ranged;
        let at = place(text, value.range().start);
        let value = match value {
            ast::Value::StringLit(it) => Value::String(it.value.into_owned()),
            ast::Value::NumberLit(it) => Value::Number(it.value.parse().unwrap_or(0.0), it.value.into()),
            ast::Value::BooleanLit(it) => Value::Bool(it.value),
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::Array(it) => {
                Value::Array(it.elements.into_iter().map(|value| spanned(text, value)).collect())
            }
            ast::Value::Object(it) => {
                let mut members: Vec<Member> = Vec::new();
                for member in it.properties {
                    let key_at = place(text, member.name.range().start);
                    let key = member.name.into_string();
                    members.retain(|known| known.key != key);
                    members.push(Member { key, key_at, value: spanned(text, member.value) });
                }
                Value::Object(members)
            }
        };
        Spanned { value, at }
    }
    let wrong = |at, message: String| Diagnostic::error(path, at, "malformed-json", message, String::new());
    let text = std::str::from_utf8(text).map_err(|_| wrong(None, "the text is not UTF-8".into()))?;
    let read = jsonc_parser::parse_to_ast(
        text,
        &jsonc_parser::CollectOptions::default(),
        &jsonc_parser::ParseOptions::default(),
    );
    let read =
        read.map_err(|error| wrong(Some(place(text, error.range().start)), error.kind().to_string()))?;
    let value = read.value.ok_or_else(|| wrong(None, "there is no value".into()))?;
    Ok(spanned(text, value))
}
