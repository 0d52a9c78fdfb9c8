//! Shows an answer to be the bridge's: a MAC that only it and the client of that session can make.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hashing::sha256;
use crate::mac::{LENGTH, MacKey};

/// Of 32 bytes, with padding.
const BASE64_LENGTH: usize = LENGTH.div_ceil(3) * 4;

/// What of an answer is proven (docs/protocol.md, 4); what is not there is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// Three digits.
    pub status: u16,
    /// Empty where there is no body.
    pub content_type: &'a str,
    /// As it is sent.
    pub body: &'a [u8],
    /// The bridge's time, since 1970.
    pub milliseconds: u64,
    /// `Idempotency-Replayed`.
    pub replayed: &'a str,
    /// `Retry-After`.
    pub retry_after: &'a str,
    /// `ETag`.
    pub etag: &'a str,
}

impl<'a> Answer<'a> {
    /// Take a header of the answer, if it is one of those that are proven.
    pub fn tell(&mut self, name: &str, value: &'a str) {
        match name {
            "Idempotency-Replayed" => self.replayed = value,
            "Retry-After" => self.retry_after = value,
            "ETag" => self.etag = value,
            _ => {}
        }
    }

    /// The lines for the head of the answer, each with its end. The request is named by its `Signature` header.
    #[must_use]
    pub fn proven(&self, key: &MacKey, signature: &str) -> Vec<u8> {
        let (status, now) = (self.status.to_string(), self.milliseconds.to_string());
        let signed = signature.strip_prefix("tbx=:").unwrap_or(signature);
        let digest = base64(&sha256(self.body));
        let parts: [&[u8]; 15] = [
            b"toolboxai-answer-1\n",
            status.as_bytes(),
            b"\n",
            self.content_type.as_bytes(),
            b"\nsha-256=:",
            &digest,
            b":\n",
            self.replayed.as_bytes(),
            b"\n",
            self.retry_after.as_bytes(),
            b"\n",
            self.etag.as_bytes(),
            b"\n",
            now.as_bytes(),
            b"\n",
        ];
        let signed = signed.strip_suffix(':').unwrap_or(signed).as_bytes();
        let proof = base64(&key.mac(&[&parts.concat(), signed]));
        let lines: [&[u8]; 7] = [
            b"Content-Digest: sha-256=:",
            &digest,
            b":\r\nAnswer-Proof: :",
            &proof,
            b":\r\nTbx-Time-Milliseconds: ",
            now.as_bytes(),
            b"\r\n",
        ];
        lines.concat()
    }
}

fn base64(bytes: &[u8; LENGTH]) -> [u8; BASE64_LENGTH] {
    let mut text = [0; BASE64_LENGTH];
    STANDARD
        .encode_slice(bytes, &mut text)
        .unwrap_or_else(|_| unreachable!("the text has room for 32 bytes"));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn text<'a>(told: &'a Value, name: &str) -> &'a str {
        told[name].as_str().unwrap_or_default()
    }

    #[test]
    fn every_answer_of_the_shared_vectors_is_proven_with_the_same_bytes() {
        let file: Value = serde_json::from_str(include_str!("../../tests/contract/protocol.json")).unwrap();
        for told in file["answers"].as_array().unwrap() {
            let fields = &told["fields"];
            let key: Vec<u8> = (0..LENGTH)
                .map(|at| u8::from_str_radix(&text(told, "answer_key")[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            let mut answer = Answer {
                status: u16::try_from(told["status"].as_u64().unwrap()).unwrap(),
                content_type: text(fields, "Content-Type"),
                body: text(told, "body_text").as_bytes(),
                milliseconds: text(fields, "Tbx-Time-Milliseconds").parse().unwrap(),
                ..Answer::default()
            };
            for name in ["Idempotency-Replayed", "Retry-After", "ETag"] {
                answer.tell(name, text(fields, name));
            }
            let signature = format!("tbx=:{}:", text(told, "request_signature_text"));

            let lines = answer.proven(&MacKey::new(&key), &signature);

            let expected = format!(
                "Content-Digest: {}\r\nAnswer-Proof: {}\r\nTbx-Time-Milliseconds: {}\r\n",
                text(fields, "Content-Digest"),
                text(told, "header_text"),
                text(fields, "Tbx-Time-Milliseconds"),
            );
            assert_eq!(expected, String::from_utf8(lines).unwrap());
        }
    }

    #[test]
    fn what_stands_in_another_header_is_not_proven() {
        let key = MacKey::new(b"k");
        let answer = Answer { status: 200, ..Answer::default() };
        let mut told = answer;
        told.tell("Location", "/elsewhere");
        assert_eq!(answer.proven(&key, "tbx=:s:"), told.proven(&key, "tbx=:s:"));
        for name in ["Idempotency-Replayed", "Retry-After", "ETag"] {
            let mut told = answer;
            told.tell(name, "1");
            assert_ne!(answer.proven(&key, "tbx=:s:"), told.proven(&key, "tbx=:s:"), "{name}");
        }
    }
}
