//! Why a text is no JSON, in words that say what may stand there.

use std::path::Path;
use std::str::Utf8Error;

use jsonc_parser::ParseStringErrorKind as TextKind;
use jsonc_parser::errors::{ParseError, ParseErrorKind as Kind};

use super::places::Places;
use crate::diagnostic::Diagnostic;

pub(super) const MALFORMED: &str = "malformed-json";

pub(super) fn encoding(text: &[u8], error: &Utf8Error, path: &Path) -> Diagnostic {
    let good = text.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok());
    let place = good.map(|good| Places::new(good).of(good.len()));
    let (message, help) = ("the text is not UTF-8", "save it as UTF-8");
    Diagnostic::error(path, place, MALFORMED, message.to_owned(), help.to_owned())
}

pub(super) fn syntax(text: &str, error: &ParseError, path: &Path) -> Diagnostic {
    let (message, help) = words(error.kind());
    let place = Places::new(text).of(error.range().start);
    Diagnostic::error(path, Some(place), MALFORMED, message.to_owned(), help.to_owned())
}

fn words(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::UnterminatedObject => ("the object that begins here has no end", "close it with }"),
        Kind::UnterminatedArray => ("the array that begins here has no end", "close it with ]"),
        Kind::UnterminatedCommentBlock => ("the comment that begins here has no end", "close it with */"),
        Kind::ExpectedColonAfterObjectKey => {
            ("a key has no colon behind it", "write a key as in \"key\": value")
        }
        Kind::ExpectedObjectValue => ("a key has no value", "write a value behind the colon"),
        Kind::UnexpectedTokenInObject => {
            ("this cannot stand in an object", "write a key as in \"key\": value, or close the object with }")
        }
        Kind::UnexpectedWord => {
            ("this word is no value", "put text in quotes; the words without are true, false and null")
        }
        Kind::UnexpectedComma => ("there is a comma too many", "remove it"),
        Kind::UnexpectedColon => ("a colon cannot stand here", "remove it, or put the text in quotes"),
        Kind::UnexpectedCloseBrace => ("a } closes no object here", "remove it"),
        Kind::UnexpectedCloseBracket => ("a ] closes no array here", "remove it"),
        Kind::MultipleRootJsonValues => {
            ("something stands behind the end of the value", "remove it, or a bracket that closes too early")
        }
        Kind::NestingDepthExceeded => ("values are nested too deeply", "use fewer levels"),
        Kind::String(kind) => text_words(kind),
        Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral
        | Kind::BareDecimalPointNumbersNotAllowed
        | Kind::NonFiniteNumbersNotAllowed => {
            ("this number is not complete", "write a number as in 12, -0.5 or 1e6")
        }
        // The others are of what is allowed, and of a sign that means nothing in JSON.
        _ => ("this is no JSON", "write text in quotes, a number, true, false, null, {...} or [...]"),
    }
}

fn text_words(kind: &TextKind) -> (&'static str, &'static str) {
    match kind {
        TextKind::UnterminatedStringLiteral => {
            ("the text that begins here has no end", "close it with a quote")
        }
        TextKind::ExpectedFourHexDigits => ("a \\u has too few digits", "write four, as in \\u00e9"),
        TextKind::InvalidUnicodeEscapeSequence(_) => {
            ("a \\u is half of a character", "write the character itself, or both halves")
        }
        _ => ("a backslash stands before a sign that needs none", "write two for a backslash itself"),
    }
}
