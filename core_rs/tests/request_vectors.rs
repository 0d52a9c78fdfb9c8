//! Our own canonical requests of tests/contract, made by a plain-Python generator: every value on the way.
#![allow(
    clippy::unwrap_used,
    clippy::struct_field_names,
    reason = "a test, outside of what clippy takes for one, and the names of a file"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use _core::admit::{Head, Wire};
use _core::hashing::sha256;
use _core::keys::names::{KeyId, Sid};
use _core::keys::{self, DeviceUse, SessionUse, wrap};
use _core::mac::MacKey;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    bridge_id: String,
    masters: BTreeMap<u8, String>,
    devices: Vec<Device>,
    sessions: Vec<Session>,
    wraps: Vec<Wrap>,
    requests: Vec<Request>,
}

#[derive(Deserialize)]
struct Device {
    master_version: u8,
    device_id: String,
    generation: u32,
    key: String,
    open: String,
    wrap: String,
    grant: String,
    check: String,
}

#[derive(Deserialize)]
struct Session {
    master_version: u8,
    shard: u16,
    random: String,
    sid: String,
    key_id: String,
    key: String,
    request: String,
    answer: String,
    stream: String,
}

#[derive(Deserialize)]
struct Wrap {
    pad_key: String,
    context: String,
    pad: String,
    key: String,
    wrapped: String,
}

#[derive(Deserialize)]
struct Request {
    key_id: String,
    number: u32,
    created: i64,
    method: String,
    target: String,
    host: String,
    idempotency_key: Option<String>,
    body: String,
    content_digest: String,
    signature_base: String,
    signature_input: String,
    signature: String,
}

impl Request {
    fn wire(&self) -> Wire<'_> {
        Wire {
            method: self.method.as_bytes(),
            target: self.target.as_bytes(),
            authority: self.host.as_bytes(),
            content_digest: self.content_digest.as_bytes(),
            idempotency_key: self.idempotency_key.as_deref().unwrap_or_default().as_bytes(),
            signature_input: self.signature_input.as_bytes(),
            signature: self.signature.as_bytes(),
        }
    }
}

fn read() -> File {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contract/requests.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn exactly<const N: usize>(text: &str) -> [u8; N] {
    unhex(text).try_into().unwrap()
}

#[test]
fn device_keys_and_their_uses_are_those_of_the_file() {
    let file = read();
    assert_eq!(4, file.devices.len());
    for device in &file.devices {
        let (master, bridge) = (exactly(&file.masters[&device.master_version]), unhex(&file.bridge_id));
        let key = keys::device_key(&master, &bridge, &exactly(&device.device_id), device.generation);
        assert_eq!(exactly::<32>(&device.key), *key);
        for (used_for, expected) in [
            (DeviceUse::Open, &device.open),
            (DeviceUse::Wrap, &device.wrap),
            (DeviceUse::Grant, &device.grant),
            (DeviceUse::Check, &device.check),
        ] {
            assert_eq!(exactly::<32>(expected), *keys::device_use(&key, used_for), "{used_for:?}");
        }
    }
}

#[test]
fn session_ids_keys_and_their_uses_are_those_of_the_file() {
    let file = read();
    assert_eq!(2, file.sessions.len());
    for session in &file.sessions {
        let sid = Sid::new(session.master_version, session.shard, exactly(&session.random));
        let key_id = KeyId::parse(session.key_id.as_bytes()).unwrap();
        assert_eq!((session.sid.clone(), sid), (sid.to_string(), key_id.sid));
        let (master, bridge) = (exactly(&file.masters[&session.master_version]), unhex(&file.bridge_id));
        let key = keys::session_key(&master, &bridge, &sid, key_id.epoch);
        assert_eq!(exactly::<32>(&session.key), *key);
        for (used_for, expected) in [
            (SessionUse::Request, &session.request),
            (SessionUse::Answer, &session.answer),
            (SessionUse::Stream, &session.stream),
        ] {
            assert_eq!(exactly::<32>(expected), *keys::session_use(&key, used_for), "{used_for:?}");
        }
    }
}

#[test]
fn keys_are_wrapped_and_shown_again_as_in_the_file() {
    let file = read();
    assert_eq!(2, file.wraps.len());
    for case in &file.wraps {
        let (pad_key, context) = (exactly(&case.pad_key), unhex(&case.context));
        assert_eq!(exactly::<32>(&case.pad), MacKey::new(&pad_key).mac(&[&context]));
        let hidden = wrap::wrap(&pad_key, &[&context], &exactly(&case.key));
        assert_eq!(exactly::<32>(&case.wrapped), *hidden);
        assert_eq!(exactly::<32>(&case.key), *wrap::wrap(&pad_key, &[&context], &hidden));
    }
}

#[test]
fn every_request_has_the_base_and_the_signature_of_the_file() {
    let file = read();
    assert_eq!(10, file.requests.len());
    for request in &file.requests {
        let head = Head::parse(request.wire()).unwrap();
        assert_eq!(KeyId::parse(request.key_id.as_bytes()), Some(head.key_id));
        assert_eq!((request.number, request.created), (head.number, head.created));
        assert_eq!(sha256(&unhex(&request.body)), head.digest);
        let session = file.sessions.iter().find(|session| session.key_id == request.key_id).unwrap();
        let key = MacKey::new(&unhex(&session.request));
        head.with_base(|parts| {
            assert_eq!(request.signature_base, String::from_utf8(parts.concat()).unwrap());
            assert!(key.verify(parts, &head.tag), "{}", request.signature_base);
        });
    }
}
