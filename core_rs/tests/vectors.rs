//! The published vectors of tests/contract, which Python and Luau read too.

#![allow(clippy::unwrap_used, reason = "a test, outside of what clippy takes for one")]

use std::fs;
use std::path::Path;

use _core::{mac, sign};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct File<Case> {
    cases: Vec<Case>,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract").join(name);
    serde_json::from_str(
        &fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    )
    .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn exactly<const N: usize>(text: &str) -> [u8; N] {
    unhex(text).try_into().unwrap()
}

#[derive(Deserialize)]
struct HmacCase {
    key: String,
    msg: String,
    mac: String,
}

#[test]
fn hmac_is_that_of_rfc_4231() {
    let file: File<HmacCase> = read("rfc4231-hmac-sha256.json");
    assert!(file.cases.len() >= 6);
    for case in file.cases {
        let expected = unhex(&case.mac);
        let tag = mac::MacKey::new(&unhex(&case.key)).mac(&[&unhex(&case.msg)]);
        assert_eq!(expected, tag[..expected.len()]);
    }
}

#[derive(Deserialize)]
struct HkdfCase {
    ikm: String,
    salt: String,
    info: String,
    prk: String,
    okm: String,
}

#[test]
fn hkdf_is_that_of_rfc_5869() {
    let file: File<HkdfCase> = read("rfc5869-hkdf-sha256.json");
    assert!(file.cases.len() >= 3);
    for case in file.cases {
        let info = unhex(&case.info);
        let expected = unhex(&case.okm);
        let derived = mac::derive(&unhex(&case.ikm), &unhex(&case.salt), &[&info]);
        assert_eq!(expected[..mac::LENGTH], derived);
        assert_eq!(derived, mac::expand(&exactly(&case.prk), &[&info]));
    }
}

#[derive(Deserialize)]
struct SignCase {
    seed: String,
    public: String,
    msg: String,
    signature: String,
}

#[test]
fn ed25519_is_that_of_rfc_8032() {
    let file: File<SignCase> = read("rfc8032-ed25519.json");
    assert!(file.cases.len() >= 4);
    for case in file.cases {
        let (seed, public) = (exactly(&case.seed), exactly(&case.public));
        let (message, signature) = (unhex(&case.msg), exactly(&case.signature));
        assert_eq!(public, sign::public_key(&seed));
        assert_eq!(signature, sign::sign(&seed, &message));
        assert!(sign::verify(&public, &message, &signature));
    }
}

#[derive(Deserialize)]
struct Signed {
    key: String,
    signature_base: String,
    signature: String,
}

#[test]
fn a_signature_over_a_base_is_that_of_rfc_9421() {
    let case: Signed = read("rfc9421-b25.json");
    let tag = mac::MacKey::new(&STANDARD.decode(case.key).unwrap()).mac(&[case.signature_base.as_bytes()]);
    assert_eq!(case.signature, STANDARD.encode(tag));
}
