//! Tables of translations.

use std::collections::BTreeMap;

use csv::{ErrorKind, Reader, StringRecord};
use rbx_dom_weak::types::Variant;
use rbx_dom_weak::ustr;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place};
use crate::mapping::Input;
use crate::mapping::told::{is_over, tell};
use crate::tree::Node;

/// A row as Roblox has it in `Contents`, its keys in this order.
#[derive(Default, Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    values: BTreeMap<&'a str, &'a str>,
}

/// Each row repeats the names of the columns; a file that is made for it would repeat long ones without bound.
const MOST_CONTENTS_BYTES: usize = 64 << 20;

pub(super) fn read(input: &Input<'_>, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut reader = Reader::from_reader(input.bytes);
    let columns = reader.headers().map_err(|error| found.push(malformed(input, &error))).ok()?.clone();
    let mut table = Table { contents: "[".to_owned(), nameless: None };
    let mut row = StringRecord::new();
    let before = found.len();
    loop {
        match reader.read_record(&mut row) {
            Ok(true) if found.len() == before => {
                if let Err(message) = table.add(&columns, &row) {
                    found.push(large(input, message));
                    return None;
                }
            }
            // Once a row is wrong there is no table, but the other rows are judged as well.
            Ok(true) => {}
            Ok(false) => break,
            Err(_) if is_over(input.path, found) => break,
            Err(error) => tell(malformed(input, &error), found),
        }
    }
    if found.len() > before {
        return None;
    }
    found.extend(table.nameless.map(|(count, first)| nameless(input, count, first)));
    let mut node = Node::new(input.name, "LocalizationTable");
    node.set(ustr("Contents"), Variant::String(table.contents + "]"));
    Some(node)
}

/// The contents so far, and the rows that nothing names: how many, and where the first is.
struct Table {
    contents: String,
    nameless: Option<(usize, Option<Place>)>,
}

impl Table {
    fn add(&mut self, columns: &StringRecord, row: &StringRecord) -> Result<(), String> {
        let mut entry = Entry::default();
        for (column, value) in columns.iter().zip(row) {
            if column.is_empty() || value.is_empty() {
                continue;
            }
            match column {
                "Key" => entry.key = Some(value),
                "Source" => entry.source = Some(value),
                "Context" => entry.context = Some(value),
                "Example" => entry.example = Some(value),
                _ => drop(entry.values.insert(column, value)),
            }
        }
        if entry.key.is_none() && entry.source.is_none() {
            if row.iter().any(|value| !value.is_empty()) {
                let (count, first) = self.nameless.unwrap_or((0, line(row.position())));
                self.nameless = Some((count + 1, first));
            }
            return Ok(());
        }
        if self.contents.len() > 1 {
            self.contents.push(',');
        }
        self.contents += &serde_json::to_string(&entry).map_err(|error| error.to_string())?;
        if self.contents.len() > MOST_CONTENTS_BYTES {
            return Err(format!("as a table, it takes more than {MOST_CONTENTS_BYTES} bytes"));
        }
        Ok(())
    }
}

fn nameless(input: &Input<'_>, count: usize, first: Option<Place>) -> Diagnostic {
    Diagnostic::warning(
        input.path,
        first,
        "nameless-row",
        format!("{count} rows have neither a Key nor a Source, so they are left out"),
        "give each a Key or a Source; the first line of the file names the columns".to_owned(),
    )
}

fn malformed(input: &Input<'_>, error: &csv::Error) -> Diagnostic {
    let (message, help) = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => (
            format!("the row has {len} fields, and the first line of the file {expected_len}"),
            "put texts that hold a comma in \"quotes\"".to_owned(),
        ),
        ErrorKind::Utf8 { err, .. } => (
            format!("field {} of the row is not UTF-8", err.field() + 1),
            "save the file as UTF-8".to_owned(),
        ),
        _ => (error.to_string(), String::new()),
    };
    Diagnostic::error(input.path, line(error.position()), "malformed-csv", message, help)
}

fn line(at: Option<&csv::Position>) -> Option<Place> {
    Some(Place { line: u32::try_from(at?.line()).unwrap_or(u32::MAX), column: 1 })
}

fn large(input: &Input<'_>, message: String) -> Diagnostic {
    Diagnostic::error(input.path, None, "too-large", message, "split the table".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::mapping::Kind;
    use crate::mapping::testing::{code, file};

    fn contents(csv: &str) -> (String, Vec<Diagnostic>) {
        let (node, found) = file(Kind::Csv, csv.as_bytes());
        let node = node.unwrap();
        assert_eq!("LocalizationTable", node.class);
        match node.get("Contents") {
            Some(Variant::String(contents)) => (contents.clone(), found),
            other => panic!("{other:?} is no table"),
        }
    }

    #[test]
    fn a_row_is_an_entry_without_what_is_empty() {
        let csv = "\nKey,Source,Context,Example,es,de,\nAck,Ack!,,An \"x\" of despair,¡Ay!,\"a,b\nc\",lost\n";
        let expected = r#"[{"key":"Ack","example":"An \"x\" of despair","source":"Ack!","values":{"de":"a,b\nc","es":"¡Ay!"}}]"#;
        assert_eq!((expected.to_owned(), Vec::new()), contents(csv));
    }

    #[test]
    fn a_table_may_be_empty() {
        for csv in ["", "Key,Source\n", "Key,Source\n,\n"] {
            assert_eq!(("[]".to_owned(), Vec::new()), contents(csv));
        }
    }

    #[test]
    fn rows_that_nothing_names_are_left_out_with_a_warning() {
        let (contents, found) = contents("Key,es\n,a\nb,c\n,d\n");
        assert_eq!(r#"[{"key":"b","values":{"es":"c"}}]"#, contents);
        assert_eq!(
            (Severity::Warning, Some(Place { line: 2, column: 1 })),
            (found[0].severity, found[0].place)
        );
        assert!(found[0].message.starts_with("2 rows "), "{found:?}");
    }

    #[test]
    fn every_wrong_row_is_told() {
        let (node, found) = file(Kind::Csv, b"Key,es\na\nb,c\nd,e,f\ng,\xFF\n");
        assert_eq!(None, node);
        assert_eq!(vec![2, 4, 5], found.iter().map(|it| it.place.unwrap().line).collect::<Vec<_>>());
        assert_eq!("the row has 1 fields, and the first line of the file 2", found[0].message);
        assert_eq!("field 2 of the row is not UTF-8", found[2].message);
    }

    #[test]
    fn a_file_that_is_all_wrong_is_not_told_row_by_row() {
        let csv = format!("Key,es\n{}", "a\n".repeat(1_000));
        assert_eq!("too-many", file(Kind::Csv, csv.as_bytes()).1.last().unwrap().code);
    }

    #[test]
    fn a_table_that_grows_beyond_the_cap_is_refused() {
        let csv = format!("Key,{}\n{}", "l".repeat(1 << 20), "a,b\n".repeat(100));
        assert_eq!("too-large", code(Kind::Csv, csv.as_bytes()));
    }
}
