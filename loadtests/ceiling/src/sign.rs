//! The signature of docs/protocol.md, section 3, with all that stays the same laid out once.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::plan::{Plan, Session, from_hex};

const READ_LIST: &str = r#"("@method" "@authority" "@path" "@query" "content-digest")"#;
const WRITE_LIST: &str = r#"("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key")"#;
const KEY_BYTES: usize = 32;

/// Writes whole requests as one session, or unsigned ones.
pub struct Writer {
    head: Vec<u8>,
    body: Vec<u8>,
    // Begins every idempotency key of this run.
    run: String,
    count: u64,
    reads: bool,
    signed: Option<Signed>,
}

struct Signed {
    key: Hmac<Sha256>,
    key_id: String,
    next_number: u64,
    // The signature base up to the idempotency key, or up to the parameters where there is none.
    base: String,
    base_text: Vec<u8>,
}

impl Writer {
    /// Lays out what stays the same. `run` has to differ from every other run of the same session.
    pub fn new(plan: &Plan, session: Option<&Session>, run: &str) -> Result<Self, String> {
        let reads = matches!(plan.method.as_str(), "GET" | "HEAD");
        let body = plan.body.clone().into_bytes();
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&body)));
        let mut head = Vec::new();
        // A Vec takes whatever is written to it.
        let _ = write!(head, "{} {} HTTP/1.1\r\nHost: {}\r\n", plan.method, plan.target, plan.host);
        for (name, value) in &plan.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !body.is_empty() || !reads {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        if !body.is_empty() {
            let _ = write!(head, "Content-Type: {}\r\n", plan.content_type);
        }
        let signed = session.map(|session| Signed::new(plan, session, &digest)).transpose()?;
        if signed.is_some() {
            let _ = write!(head, "Content-Digest: {digest}\r\n");
        }
        Ok(Self { head, body, run: run.to_owned(), count: 0, reads, signed })
    }

    /// Puts the next request at the end of `out`.
    pub fn write(&mut self, out: &mut Vec<u8>) {
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.write_at(created, out);
    }

    /// The same at a time that is given.
    pub fn write_at(&mut self, created: u64, out: &mut Vec<u8>) {
        self.count += 1;
        let idempotency_key =
            if self.reads { String::new() } else { format!("{}-{:010}", self.run, self.count) };
        self.write_with(created, &idempotency_key, out);
    }

    fn write_with(&mut self, created: u64, idempotency_key: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        if !self.reads {
            let _ = write!(out, "Idempotency-Key: {idempotency_key}\r\n");
        }
        if let Some(signed) = &mut self.signed {
            signed.sign(created, idempotency_key, self.reads, out);
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
    }
}

impl Signed {
    fn new(plan: &Plan, session: &Session, digest: &str) -> Result<Self, String> {
        let key = from_hex(&session.key)
            .filter(|key| key.len() == KEY_BYTES)
            .ok_or("a session's key is not 32 bytes in hex")?;
        let target = plan.signed_target.as_ref().unwrap_or(&plan.target);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let base = format!(
            "\"@method\": {}\n\"@authority\": {}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {digest}\n",
            plan.method,
            plan.host.to_lowercase(),
        );
        Ok(Self {
            key: keyed(&use_of(&key, "tbx1 request"))?,
            key_id: session.key_id.clone(),
            next_number: session.next_number,
            base,
            base_text: Vec::with_capacity(1024),
        })
    }

    fn sign(&mut self, created: u64, idempotency_key: &str, reads: bool, out: &mut Vec<u8>) {
        let list = if reads { READ_LIST } else { WRITE_LIST };
        let params = format!(
            "{list};created={created};keyid=\"{}\";nonce=\"{}\";tag=\"toolboxai-bridge-1\"",
            self.key_id, self.next_number
        );
        self.next_number += 1;
        let base = &mut self.base_text;
        base.clear();
        base.extend_from_slice(self.base.as_bytes());
        if !reads {
            let _ = writeln!(base, "\"idempotency-key\": {idempotency_key}");
        }
        let _ = write!(base, "\"@signature-params\": {params}");
        let signature = self.key.clone().chain_update(&*base).finalize();
        let signature = STANDARD.encode(signature.into_bytes());
        let _ = write!(out, "Signature-Input: tbx={params}\r\nSignature: tbx=:{signature}:\r\n");
    }
}

/// HKDF-Expand to one block.
fn use_of(key: &[u8], label: &str) -> Vec<u8> {
    keyed(key).map_or_else(
        |_| Vec::new(),
        |mac| mac.chain_update(label).chain_update([1]).finalize().into_bytes().to_vec(),
    )
}

fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, String> {
    Hmac::new_from_slice(key).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn text<'a>(told: &'a Value, name: &str) -> &'a str {
        told[name].as_str().unwrap_or_default()
    }

    #[test]
    fn every_request_of_the_shared_vectors_is_signed_with_the_same_bytes() {
        let file: Value =
            serde_json::from_str(include_str!("../../../tests/contract/requests.json")).unwrap();
        let mut compared = 0;
        for told in file["requests"].as_array().unwrap() {
            let body = from_hex(text(told, "body")).unwrap();
            let Ok(body) = String::from_utf8(body) else {
                continue;
            };
            let sessions = file["sessions"].as_array().unwrap();
            let key_id = text(told, "key_id");
            let of = sessions.iter().find(|each| text(each, "key_id") == key_id).unwrap();
            let session = Session {
                key_id: key_id.to_owned(),
                key: text(of, "key").to_owned(),
                next_number: told["number"].as_u64().unwrap(),
            };
            let plan = Plan {
                address: "127.0.0.1:1".parse().unwrap(),
                host: text(told, "host").to_owned(),
                method: text(told, "method").to_owned(),
                target: text(told, "target").to_owned(),
                signed_target: None,
                headers: Vec::new(),
                body,
                content_type: "text/plain".to_owned(),
                sessions: Vec::new(),
            };
            let mut writer = Writer::new(&plan, Some(&session), "run").unwrap();
            let mut out = Vec::new();

            writer.write_with(told["created"].as_u64().unwrap(), text(told, "idempotency_key"), &mut out);

            let sent = String::from_utf8(out).unwrap();
            for (name, field) in [
                ("Content-Digest", "content_digest"),
                ("Signature-Input", "signature_input"),
                ("Signature", "signature"),
            ] {
                let line = format!("\r\n{name}: {}\r\n", text(told, field));
                assert!(sent.contains(&line), "{name} of {}", text(told, "target"));
            }
            compared += 1;
        }
        assert!(compared >= 4, "only {compared} vectors have a body of text");
    }

    #[test]
    fn another_target_than_the_signed_one_is_sent_with_the_same_head() {
        let session = Session { key_id: "k".to_owned(), key: "00".repeat(32), next_number: 7 };
        let written = |target: &str, signed_target: Option<&str>| {
            let plan = Plan {
                address: "127.0.0.1:1".parse().unwrap(),
                host: "h".to_owned(),
                method: "POST".to_owned(),
                target: target.to_owned(),
                signed_target: signed_target.map(str::to_owned),
                headers: vec![("X-Forwarded-Proto".to_owned(), "https".to_owned())],
                body: "{}".to_owned(),
                content_type: "application/json".to_owned(),
                sessions: Vec::new(),
            };
            let mut out = Vec::new();
            Writer::new(&plan, Some(&session), "run").unwrap().write_at(1, &mut out);
            String::from_utf8(out).unwrap()
        };

        let open = written("/open?a=1", Some("/signed"));

        assert_eq!(written("/signed", None), open.replace("/open?a=1 ", "/signed "));
        assert!(open.contains("\r\nX-Forwarded-Proto: https\r\n"));
    }

    #[test]
    fn no_number_and_no_idempotency_key_is_sent_twice() {
        let plan = Plan {
            address: "127.0.0.1:1".parse().unwrap(),
            host: "h".to_owned(),
            method: "POST".to_owned(),
            target: "/".to_owned(),
            signed_target: None,
            headers: Vec::new(),
            body: String::new(),
            content_type: String::new(),
            sessions: Vec::new(),
        };
        let session = Session { key_id: "k".to_owned(), key: "00".repeat(32), next_number: 7 };
        let mut writer = Writer::new(&plan, Some(&session), "a-run-of-its-own").unwrap();
        let mut sent = Vec::new();

        writer.write_at(1, &mut sent);
        writer.write_at(1, &mut sent);

        let sent = String::from_utf8(sent).unwrap();
        for once in ["nonce=\"7\"", "nonce=\"8\"", "-0000000001\r\n", "-0000000002\r\n"] {
            assert_eq!(1, sent.matches(once).count(), "{once}");
        }
    }
}
