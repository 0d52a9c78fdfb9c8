use super::*;
use crate::keys::names::{Epoch, Sid};
use proptest::prelude::*;

const DIGEST: &[u8] = b"sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
const SIGNATURE: &[u8] = b"tbx=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
const WRITE_LIST: &str = r#""@method" "@authority" "@path" "@query" "content-digest" "idempotency-key""#;
const READ_LIST: &str = r#""@method" "@authority" "@path" "@query" "content-digest""#;

fn input(list: &str, created: &str, nonce: &str) -> String {
    let sid = Sid::new(1, 0, [3; 16]);
    format!(
        r#"tbx=({list});created={created};keyid="{sid}.00000000000000ab";nonce="{nonce}";tag="toolboxai-bridge-1""#
    )
}

fn wire(input: &str) -> Wire<'_> {
    Wire {
        method: b"POST",
        authority: b"127.0.0.1:8460",
        target: b"/v1/x?a=1",
        content_digest: DIGEST,
        idempotency_key: b"0123456789abcdef",
        signature_input: input.as_bytes(),
        signature: SIGNATURE,
    }
}

fn base(wire: Wire<'_>) -> String {
    let whole = Head::parse(wire).unwrap().with_base(|parts| parts.concat());
    String::from_utf8(whole).unwrap()
}

#[test]
fn the_accepted_form_is_read_whole() {
    let text = input(WRITE_LIST, "1700000000", "17");
    let head = Head::parse(wire(&text)).unwrap();
    assert_eq!((1_700_000_000, 17), (head.created, head.number));
    assert_eq!(KeyId { sid: Sid::new(1, 0, [3; 16]), epoch: Epoch(0xab) }, head.key_id);
    let expected = format!(
        "\"@method\": POST\n\"@authority\": 127.0.0.1:8460\n\"@path\": /v1/x\n\"@query\": ?a=1\n\
         \"content-digest\": {}\n\"idempotency-key\": 0123456789abcdef\n\"@signature-params\": {}",
        String::from_utf8_lossy(DIGEST),
        &text["tbx=".len()..]
    );
    assert_eq!(expected, base(wire(&text)));
}

#[test]
fn a_read_signs_no_idempotency_key_and_an_absent_query_as_a_question_mark() {
    let text = input(READ_LIST, "1700000000", "1");
    let read = |target| base(Wire { method: b"GET", target, ..wire(&text) });
    assert!(read(b"/v1/x").contains("\n\"@path\": /v1/x\n\"@query\": ?\n"));
    assert!(read(b"/v1/x?").contains("\n\"@path\": /v1/x\n\"@query\": ?\n"));
    assert!(read(b"/v1/x?a=?&b").contains("\n\"@query\": ?a=?&b\n"));
    assert!(!read(b"/").contains("idempotency-key"));
}

#[test]
fn the_host_is_signed_in_lower_case() {
    let text = input(WRITE_LIST, "1700000000", "1");
    let whole = base(Wire { authority: b"LocalHost:8460", ..wire(&text) });
    assert!(whole.contains("\n\"@authority\": localhost:8460\n"));
}

#[test]
fn every_other_list_is_refused() {
    let doubled = format!("{WRITE_LIST} \"@path\"");
    for list in [
        "",
        READ_LIST,
        &doubled,
        r#""@authority" "@method" "@path" "@query" "content-digest" "idempotency-key""#,
        r#""@method" "@authority" "@path" "@query" "content-digest" "Idempotency-Key""#,
        r#""@method"  "@authority" "@path" "@query" "content-digest" "idempotency-key""#,
        r#""@method" "@authority" "@path" "@query" "content-digest" "idempotency-key";sf"#,
    ] {
        let text = input(list, "1700000000", "1");
        assert_eq!(Some(Malformed::SignatureInput), Head::parse(wire(&text)).err(), "{list}");
    }
    let text = input(WRITE_LIST, "1700000000", "1");
    let read = Wire { method: b"GET", ..wire(&text) };
    assert_eq!(Some(Malformed::SignatureInput), Head::parse(read).err());
}

#[test]
fn every_other_parameter_is_refused() {
    let text = input(WRITE_LIST, "1700000000", "1");
    for (from, to) in [
        ("tbx=", "sig1="),
        (";created=1700000000", ""),
        ("1700000000;keyid", "1700000000;expires=1700000060;keyid"),
        ("toolboxai-bridge-1", "toolboxai-bridge-2"),
        ("toolboxai-bridge-1\"", "toolboxai-bridge-1\";alg=\"hmac-sha256\""),
        ("toolboxai-bridge-1\"", "toolboxai-bridge-1\", sig2=()"),
        (".0000", ".0_00"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed);
        assert_eq!(Some(Malformed::SignatureInput), Head::parse(wire(&changed)).err(), "{changed}");
    }
}

#[test]
fn numbers_have_one_spelling_and_a_range() {
    let far = "9".repeat(5_000);
    for nonce in ["0", "01", "+1", "-1", "1.0", "1e3", "", " 1", "1049537", "99999999", &far] {
        let text = input(WRITE_LIST, "1700000000", nonce);
        assert_eq!(Some(Malformed::SignatureInput), Head::parse(wire(&text)).err(), "{nonce}");
    }
    for created in ["", "0", "-1", "1700000000.5", "9999999999999", &far] {
        let text = input(WRITE_LIST, created, "1");
        assert_eq!(Some(Malformed::SignatureInput), Head::parse(wire(&text)).err(), "{created}");
    }
    let text = input(WRITE_LIST, "999999999999", "1049536");
    let head = Head::parse(wire(&text)).unwrap();
    assert_eq!((999_999_999_999, LAST_NUMBER), (head.created, head.number));
}

#[test]
fn each_part_has_its_own_refusal() {
    let text = input(WRITE_LIST, "1700000000", "1");
    let good = wire(&text);
    let host = |bytes| "h".repeat(bytes).into_bytes();
    let path = |bytes| ["/".as_bytes(), "p".repeat(bytes - 1).as_bytes()].concat();
    let key = |bytes| "k".repeat(bytes).into_bytes();
    let (long_host, long_path, long_key) =
        (host(AUTHORITY_BYTES + 1), path(TARGET_BYTES + 1), key(IDEMPOTENCY_KEY_BYTES + 1));
    for (expected, wrong) in [
        (Malformed::Method, Wire { method: b"post", ..good }),
        (Malformed::Method, Wire { method: b"CONNECT", ..good }),
        (Malformed::Method, Wire { method: b"", ..good }),
        (Malformed::Authority, Wire { authority: b"", ..good }),
        (Malformed::Authority, Wire { authority: b"a\nb", ..good }),
        (Malformed::Authority, Wire { authority: b"user@host", ..good }),
        (Malformed::Authority, Wire { authority: b"h\xc3\xb6st", ..good }),
        (Malformed::Authority, Wire { authority: &long_host, ..good }),
        (Malformed::Target, Wire { target: b"", ..good }),
        (Malformed::Target, Wire { target: b"http://h/x", ..good }),
        (Malformed::Target, Wire { target: b"*", ..good }),
        (Malformed::Target, Wire { target: b"/x#y", ..good }),
        (Malformed::Target, Wire { target: b"/x\n", ..good }),
        (Malformed::Target, Wire { target: b"/x y", ..good }),
        (Malformed::Target, Wire { target: b"/\xff", ..good }),
        (Malformed::Target, Wire { target: &long_path, ..good }),
        (Malformed::ContentDigest, Wire { content_digest: b"", ..good }),
        (Malformed::ContentDigest, Wire { content_digest: &DIGEST[..DIGEST.len() - 1], ..good }),
        (
            Malformed::ContentDigest,
            Wire { content_digest: b"sha-512=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", ..good },
        ),
        (Malformed::ContentDigest, Wire { content_digest: &[DIGEST, b", ", DIGEST].concat(), ..good }),
        (Malformed::IdempotencyKey, Wire { idempotency_key: b"", ..good }),
        (Malformed::IdempotencyKey, Wire { idempotency_key: b"0123456789abcde", ..good }),
        (Malformed::IdempotencyKey, Wire { idempotency_key: b"\"0123456789abcdef\"", ..good }),
        (Malformed::IdempotencyKey, Wire { idempotency_key: b"0123456789 abcdef", ..good }),
        (Malformed::IdempotencyKey, Wire { idempotency_key: &long_key, ..good }),
        (
            Malformed::Signature,
            Wire { signature: b"sig1=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", ..good },
        ),
        // The last letter carries two stray bits: another spelling of the same 32 bytes.
        (
            Malformed::Signature,
            Wire { signature: b"tbx=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:", ..good },
        ),
        (
            Malformed::Signature,
            Wire { signature: b"tbx=:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:", ..good },
        ),
    ] {
        assert_eq!(Some(expected), Head::parse(wrong).err(), "{wrong:?}");
    }
    let (host, path, key) = (host(AUTHORITY_BYTES), path(TARGET_BYTES), key(IDEMPOTENCY_KEY_BYTES));
    let longest = Wire { authority: &host, target: &path, idempotency_key: &key, ..good };
    assert!(Head::parse(longest).is_ok());
}

proptest! {
    #[test]
    fn no_input_panics_and_no_accepted_one_adds_a_line(
        changes in proptest::collection::vec((0_usize..600, any::<u8>()), 0..4),
        method in prop::sample::select(vec!["GET", "HEAD", "POST", "DELETE", "", "PUT\n"]),
    ) {
        let text = input(if method == "GET" || method == "HEAD" { READ_LIST } else { WRITE_LIST }, "1700000000", "1");
        let good = wire(&text);
        let parts = [good.authority, good.target, good.content_digest, good.idempotency_key, good.signature_input, good.signature];
        let mut parts = parts.map(<[u8]>::to_vec);
        for (at, byte) in changes {
            let length: usize = parts.iter().map(Vec::len).sum();
            let mut at = at % length;
            for part in &mut parts {
                if at < part.len() {
                    part[at] = byte;
                    break;
                }
                at -= part.len();
            }
        }
        let [authority, target, content_digest, idempotency_key, signature_input, signature] = &parts;
        let changed = Wire { method: method.as_bytes(), authority, target, content_digest, idempotency_key, signature_input, signature };
        if let Ok(head) = Head::parse(changed) {
            let lines = String::from_utf8(head.with_base(|parts| parts.concat())).unwrap().matches('\n').count();
            prop_assert_eq!(if matches!(method, "GET" | "HEAD") { 5 } else { 6 }, lines);
        }
    }
}
