//! The one form of a signed request's head that is accepted, and the bytes that its signature is over.
//!
//! The list of what is signed is never taken from the client: it follows from the method alone, and
//! `Signature-Input` must spell it byte for byte. That ends every game with missing, reordered, doubled
//! or unknown components before a key is touched.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::fields::Wire;
use crate::keys::names::{KEY_ID_TEXT, KeyId};
use crate::mac::LENGTH;
use crate::replay::LAST_NUMBER;

/// Longer than every host name with its port (RFC 1035: 253).
pub const AUTHORITY_BYTES: usize = 261;
/// Path and query together.
pub const TARGET_BYTES: usize = 8 * 1024;
/// Shorter keys would meet by chance.
pub const IDEMPOTENCY_KEY_LEAST_BYTES: usize = 16;
/// The longest key.
pub const IDEMPOTENCY_KEY_BYTES: usize = 128;

const LABEL: &[u8] = b"tbx=";
const READ: &[u8] = br#"("@method" "@authority" "@path" "@query" "content-digest");created="#;
const WRITE: &[u8] =
    br#"("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key");created="#;
const KEY_ID: &[u8] = br#";keyid=""#;
const NONCE: &[u8] = br#"";nonce=""#;
const TAG: &[u8] = br#"";tag="toolboxai-bridge-1""#;
/// Digits enough for the year 33658.
const CREATED_DIGITS: usize = 12;
const NONCE_DIGITS: usize = 7;

/// Which part of a signed head is not of the accepted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// See the sentence.
    #[error("the method must be GET, HEAD, POST, PUT, PATCH or DELETE")]
    Method,
    /// See the sentence.
    #[error("there must be one Host, of at most 261 letters, digits and . - _ : [ ]")]
    Authority,
    /// See the sentence.
    #[error("the request's target must be a path of at most 8192 visible characters")]
    Target,
    /// See the sentence.
    #[error("there must be one Content-Digest, sha-256=:...: with the digest of the body, an empty one too")]
    ContentDigest,
    /// See the sentence.
    #[error("there must be one Idempotency-Key, of 16 to 128 letters, digits and _ . : + / = -")]
    IdempotencyKey,
    /// See the sentence.
    #[error("there must be one Signature-Input, of the one form that this bridge accepts")]
    SignatureInput,
    /// See the sentence.
    #[error("there must be one Signature, tbx=:...: with an HMAC-SHA-256")]
    Signature,
    /// See the sentence.
    #[error("a signed request takes no Content-Encoding: compress the body itself and sign what is sent")]
    ContentEncoding,
}

/// A head whose form is right; nothing in it is proven yet.
#[derive(Debug)]
pub struct Head<'a> {
    wire: Wire<'a>,
    path: &'a [u8],
    query: &'a [u8],
    params: &'a [u8],
    write: bool,
    /// Seconds since 1970 by the client's clock.
    pub created: i64,
    /// The session and the life of the store that the request claims to be of.
    pub key_id: KeyId,
    /// The number in its session.
    pub number: u32,
    /// SHA-256 of the body, as claimed.
    pub digest: [u8; LENGTH],
    /// The MAC, as claimed.
    pub tag: [u8; LENGTH],
}

impl<'a> Head<'a> {
    /// Check the form of every part.
    pub fn parse(wire: Wire<'a>) -> Result<Self, Malformed> {
        let write = match wire.method {
            b"GET" | b"HEAD" => false,
            b"POST" | b"PUT" | b"PATCH" | b"DELETE" => true,
            _ => return Err(Malformed::Method),
        };
        if !is_authority(wire.authority) {
            return Err(Malformed::Authority);
        }
        let (path, query) = split_target(wire.target).ok_or(Malformed::Target)?;
        let digest = enclosed(wire.content_digest, b"sha-256=:").ok_or(Malformed::ContentDigest)?;
        if write && !is_idempotency_key(wire.idempotency_key) {
            return Err(Malformed::IdempotencyKey);
        }
        let tag = enclosed(wire.signature, b"tbx=:").ok_or(Malformed::Signature)?;
        let params = wire.signature_input.strip_prefix(LABEL).ok_or(Malformed::SignatureInput)?;
        let (created, key_id, number) = read_params(params, write).ok_or(Malformed::SignatureInput)?;
        Ok(Self { wire, path, query, params, write, created, key_id, number, digest, tag })
    }

    /// Hand the signature base of RFC 9421 to `sign`, in the pieces that one MAC takes one after another.
    pub fn with_base<T>(&self, sign: impl FnOnce(&[&[u8]]) -> T) -> T {
        let mut lowered = [0; AUTHORITY_BYTES];
        let authority = &mut lowered[..self.wire.authority.len()];
        authority.copy_from_slice(self.wire.authority);
        authority.make_ascii_lowercase();
        let (key_name, key): (&[u8], &[u8]) =
            if self.write { (b"\n\"idempotency-key\": ", self.wire.idempotency_key) } else { (b"", b"") };
        sign(&[
            b"\"@method\": ",
            self.wire.method,
            b"\n\"@authority\": ",
            authority,
            b"\n\"@path\": ",
            self.path,
            b"\n\"@query\": ",
            self.query,
            b"\n\"content-digest\": ",
            self.wire.content_digest,
            key_name,
            key,
            b"\n\"@signature-params\": ",
            self.params,
        ])
    }
}

/// Letters, digits and the punctuation of names, addresses and ports; nothing that could end a line.
fn is_authority(text: &[u8]) -> bool {
    (1..=AUTHORITY_BYTES).contains(&text.len())
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
        })
}

/// Path and query; an absent query is signed as a lone question mark (RFC 9421, 2.2.7).
fn split_target(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let visible = target.len() <= TARGET_BYTES
        && target.starts_with(b"/")
        && target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#');
    if !visible {
        return None;
    }
    let query = target.iter().position(|byte| *byte == b'?');
    Some(query.map_or((target, b"?"), |at| target.split_at(at)))
}

/// The same grammar that the mutation wrapper takes.
fn is_idempotency_key(text: &[u8]) -> bool {
    (IDEMPOTENCY_KEY_LEAST_BYTES..=IDEMPOTENCY_KEY_BYTES).contains(&text.len())
        && text.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'+' | b'/' | b'=' | b'-')
        })
}

/// 32 bytes between a prefix and a colon, in the one base64 spelling.
fn enclosed(text: &[u8], prefix: &[u8]) -> Option<[u8; LENGTH]> {
    let coded = text.strip_prefix(prefix)?.strip_suffix(b":")?;
    if coded.len() != LENGTH.div_ceil(3) * 4 {
        return None;
    }
    // The decoder wants room for a whole last group.
    let mut bytes = [0; LENGTH + 1];
    let written = STANDARD.decode_slice(coded, &mut bytes).ok()?;
    let (decoded, _) = bytes.split_first_chunk()?;
    (written == LENGTH).then_some(*decoded)
}

fn read_params(text: &[u8], write: bool) -> Option<(i64, KeyId, u32)> {
    let rest = text.strip_prefix(if write { WRITE } else { READ })?;
    let (created, rest) = number(rest, CREATED_DIGITS)?;
    let (key_id, rest) = rest.strip_prefix(KEY_ID)?.split_at_checked(KEY_ID_TEXT)?;
    let (nonce, rest) = number(rest.strip_prefix(NONCE)?, NONCE_DIGITS)?;
    let nonce = u32::try_from(nonce).ok().filter(|nonce| (1..=LAST_NUMBER).contains(nonce) && rest == TAG)?;
    Some((created, KeyId::parse(key_id)?, nonce))
}

/// Decimal digits without a leading zero.
fn number(text: &[u8], most_digits: usize) -> Option<(i64, &[u8])> {
    let digits = text.iter().take(most_digits + 1).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > most_digits || text[0] == b'0' {
        return None;
    }
    let (value, rest) = text.split_at(digits);
    Some((value.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')), rest))
}

#[cfg(test)]
mod tests;
