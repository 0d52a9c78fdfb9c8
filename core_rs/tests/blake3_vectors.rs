//! The published vectors of tests/contract, which Python reads too.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use _core::hashing::blake3;
use serde_json::Value;

/// The published input: byte i is i mod 251.
fn input(length: u64) -> Vec<u8> {
    (0..=250_u8).cycle().take(usize::try_from(length).expect("lengths are small")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}

#[test]
fn every_published_input_has_its_published_digest() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract/blake3.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();

    assert_eq!(35, cases.len());
    for case in cases {
        let length = case["input_len"].as_u64().unwrap();
        assert_eq!(case["hash"], hex(&blake3(&input(length))), "of {length} bytes");
    }
}
