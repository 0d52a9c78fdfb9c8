//! The headers that a signed request is judged by, picked from all that came with it.

use super::head::Malformed;

/// What came over the wire, untouched. What is absent is empty.
#[derive(Clone, Copy, Debug)]
pub struct Wire<'a> {
    /// The method, in upper case.
    pub method: &'a [u8],
    /// Path and query as they stand in the request line.
    pub target: &'a [u8],
    /// `Host`.
    pub authority: &'a [u8],
    /// `Content-Digest`.
    pub content_digest: &'a [u8],
    /// `Idempotency-Key`; not looked at on GET and HEAD.
    pub idempotency_key: &'a [u8],
    /// `Signature-Input`.
    pub signature_input: &'a [u8],
    /// `Signature`.
    pub signature: &'a [u8],
}

impl<'a> Wire<'a> {
    /// Pick the fields from `headers`, in whatever case their names came.
    ///
    /// Each may stand there once: of two, the one that is checked and the one that is used could differ.
    /// `Content-Encoding` may not stand there at all, because the digest is that of the bytes on the wire, and
    /// whoever decodes them first would hand on others.
    pub fn gather(
        method: &'a [u8],
        target: &'a [u8],
        headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Self, Malformed> {
        let mut wire = Self {
            method,
            target,
            authority: b"",
            content_digest: b"",
            idempotency_key: b"",
            signature_input: b"",
            signature: b"",
        };
        let mut seen = [false; FIELDS.len()];
        for (name, value) in headers {
            let Some(at) = field(name) else { continue };
            let (_, twice) = FIELDS[at];
            if std::mem::replace(&mut seen[at], true) {
                return Err(twice);
            }
            match twice {
                Malformed::Authority => wire.authority = value,
                Malformed::ContentDigest => wire.content_digest = value,
                Malformed::IdempotencyKey => wire.idempotency_key = value,
                Malformed::SignatureInput => wire.signature_input = value,
                Malformed::Signature => wire.signature = value,
                other => return Err(other),
            }
        }
        Ok(wire)
    }
}

/// The names, and what is said of one that comes twice.
const FIELDS: [(&[u8], Malformed); 6] = [
    (b"host", Malformed::Authority),
    (b"content-digest", Malformed::ContentDigest),
    (b"idempotency-key", Malformed::IdempotencyKey),
    (b"signature-input", Malformed::SignatureInput),
    (b"signature", Malformed::Signature),
    (b"content-encoding", Malformed::ContentEncoding),
];

fn field(name: &[u8]) -> Option<usize> {
    FIELDS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&[u8], &[u8]); 7] = [
        (b"HOST", b"h"),
        (b"Accept", b"*/*"),
        (b"Content-Digest", b"d"),
        (b"idempotency-key", b"k"),
        (b"Signature-Input", b"i"),
        (b"Signature", b"s"),
        (b"Hosts", b"another"),
    ];

    #[test]
    fn each_field_is_found_whatever_its_case_and_the_others_are_passed_over() {
        let wire = Wire::gather(b"GET", b"/", ALL).unwrap();
        assert_eq!(
            [&b"h"[..], b"d", b"k", b"i", b"s"],
            [wire.authority, wire.content_digest, wire.idempotency_key, wire.signature_input, wire.signature]
        );
    }

    #[test]
    fn what_is_absent_is_empty() {
        let wire = Wire::gather(b"GET", b"/", []).unwrap();
        assert_eq!((&b""[..], &b""[..]), (wire.authority, wire.signature));
    }

    #[test]
    fn a_field_that_comes_twice_is_refused_even_with_the_same_value() {
        for (again, expected) in [
            (ALL[0], Malformed::Authority),
            (ALL[2], Malformed::ContentDigest),
            (ALL[3], Malformed::IdempotencyKey),
            (ALL[4], Malformed::SignatureInput),
            (ALL[5], Malformed::Signature),
        ] {
            let twice = ALL.into_iter().chain([again]);
            assert_eq!(Some(expected), Wire::gather(b"GET", b"/", twice).err());
        }
        assert!(Wire::gather(b"GET", b"/", ALL.into_iter().chain([ALL[1]])).is_ok());
    }

    #[test]
    fn a_coded_body_is_refused() {
        let coded = ALL.into_iter().chain([(&b"Content-Encoding"[..], &b"gzip"[..])]);
        assert_eq!(Some(Malformed::ContentEncoding), Wire::gather(b"GET", b"/", coded).err());
    }
}
