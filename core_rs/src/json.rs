//! Tells at a glance that a JSON text means one thing to everybody (I-JSON, RFC 7493), where it is a plain one.
//!
//! What is not plain may be right all the same: whoever asks has to look at it closely then, and can say what is wrong.

/// Deeper texts are not plain.
const DEPTH_MOST: u8 = 32;
/// Each name is compared with the others of its object, so objects with more of them are not plain.
const NAMES_MOST: usize = 64;
/// A double holds every whole number of so many digits.
const DIGITS_MOST: usize = 15;
const FRACTION_MOST: usize = 24;

/// Whether this is JSON in UTF-8 in which no name stands twice in an object, no string has a `\u`, and no number is
/// long or has an exponent. False says nothing yet.
#[must_use]
pub fn is_plain(text: &[u8]) -> bool {
    let mut reader = Reader { text, at: 0, names: Vec::new() };
    std::str::from_utf8(text).is_ok() && reader.value(0).is_some() && reader.rest().is_none()
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// Of all objects that are open, the outermost first.
    names: Vec<&'a [u8]>,
}

/// None ends the reading: the text is not plain.
type Plain<T = ()> = Option<T>;

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Plain {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// What comes after white space.
    fn rest(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.peek()
    }

    fn value(&mut self, depth: u8) -> Plain {
        match self.rest()? {
            b'{' if depth < DEPTH_MOST => self.object(depth + 1),
            b'[' if depth < DEPTH_MOST => self.array(depth + 1),
            b'"' => self.string().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: u8) -> Plain {
        self.at += 1;
        if self.rest()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let first = self.names.len();
        loop {
            self.rest()?;
            let (name, has_escapes) = self.string()?;
            let others = &self.names[first..];
            if has_escapes || others.len() >= NAMES_MOST || others.contains(&name) {
                return None;
            }
            self.names.push(name);
            self.rest()?;
            self.take(b':')?;
            self.value(depth)?;
            if self.ends_with(b'}')? {
                self.names.truncate(first);
                return Some(());
            }
        }
    }

    fn array(&mut self, depth: u8) -> Plain {
        self.at += 1;
        if self.rest()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(depth)?;
            if self.ends_with(b']')? {
                return Some(());
            }
        }
    }

    /// Whether the last one was read; if not, a comma was.
    fn ends_with(&mut self, end: u8) -> Plain<bool> {
        let found = self.rest()?;
        self.at += 1;
        if found == end { Some(true) } else { (found == b',').then_some(false) }
    }

    /// The bytes between the quotation marks, and whether there are escapes among them.
    fn string(&mut self) -> Plain<(&'a [u8], bool)> {
        self.take(b'"')?;
        let (from, mut has_escapes) = (self.at, false);
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.at += 1;
                    if !matches!(self.peek()?, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') {
                        return None;
                    }
                }
                0..=0x1f => return None,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        Some((&self.text[from..self.at - 1], has_escapes))
    }

    fn word(&mut self, word: &[u8]) -> Plain {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Plain {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let from = self.at;
        let digits = self.digits();
        if digits == 0 || digits > DIGITS_MOST || (digits > 1 && self.text[from] == b'0') {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !(1..=FRACTION_MOST).contains(&self.digits()) {
                return None;
            }
        }
        (!matches!(self.peek(), Some(b'e' | b'E'))).then_some(())
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - from
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_plain_is_known_as_such() {
        for text in [
            "{}",
            " [ ] ",
            "0",
            "-0.5",
            "true",
            r#"{"a":{"a":[1,{"a":null}]},"b":"ä\n\\\"/"}"#,
            "[123456789012345,1.000000000000000000000000]",
            r#"[{"a":1},{"a":2}]"#,
        ] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_has_to_be_looked_at_closely_is_not_plain() {
        let deep = "[".repeat(33) + &"]".repeat(33);
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{1:2}",
            "nul",
            "tru e",
            "1 2",
            "[1] x",
            "01",
            "-",
            "1.",
            ".5",
            "+1",
            "1e5",
            "1234567890123456",
            "\"\\u0061\"",
            "\"a\nb\"",
            "\"a",
            "\"\\x\"",
            "\u{feff}{}",
            "'a'",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"b\":{},\"a\":2}",
            "{\"\\n\":1}",
            "[1}",
            "NaN",
            "/**/1",
            &deep,
        ] {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
        assert!(!is_plain(b"\"\xff\""));
    }

    /// Texts near JSON, with names that meet often.
    fn near() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"a\"",
                "\"b\"",
                "\"\\n\"",
                "1",
                "-2.5",
                "1e9",
                "0",
                "null",
                "true",
                " ",
                "\"",
                "\\",
                "{\"a\":1}",
                "\"a\":",
                "\"b\":",
            ]),
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn nothing_is_plain_that_another_reader_refuses_or_that_has_a_name_twice(text in near()) {
            if is_plain(text.as_bytes()) {
                let read: Value = serde_json::from_str(&text).unwrap();
                let quotes = |text: &str| text.replace("\\\"", "").matches('"').count();
                prop_assert_eq!(quotes(&text), quotes(&read.to_string()), "{}", text);
            }
        }
    }
}
