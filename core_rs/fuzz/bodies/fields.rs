//! The headers of a request: any of them, in any number, and each that counts is taken once or refused.

use _core::admit::Wire;

const COUNTED: [&[u8]; 6] =
    [b"host", b"content-digest", b"idempotency-key", b"signature-input", b"signature", b"content-encoding"];
/// An index from here on means a name that came with the input.
const NAMES: u8 = 12;

pub type Input<'a> = Vec<(u8, &'a [u8], &'a [u8])>;

pub fn run(input: Input<'_>) {
    let name = |at: u8, own: &'_ [u8]| match at % NAMES {
        at if usize::from(at) < COUNTED.len() => COUNTED[usize::from(at)].to_vec(),
        at if usize::from(at) < 2 * COUNTED.len() - 1 => {
            COUNTED[usize::from(at) - COUNTED.len()].to_ascii_uppercase()
        }
        _ => own.to_vec(),
    };
    let headers: Vec<(Vec<u8>, &[u8])> =
        input.iter().map(|(at, own, value)| (name(*at, own), *value)).collect();
    let times = |wanted: &[u8]| headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).count();
    let given = headers.iter().map(|(name, value)| (&**name, *value));
    let refused = COUNTED[..5].iter().any(|name| times(name) > 1) || times(COUNTED[5]) > 0;
    match Wire::gather(b"POST", b"/", given) {
        Err(_) => assert!(refused),
        Ok(wire) => {
            assert!(!refused);
            let value = |wanted: &[u8]| {
                headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .map_or(&b""[..], |found| found.1)
            };
            let taken = [
                wire.authority,
                wire.content_digest,
                wire.idempotency_key,
                wire.signature_input,
                wire.signature,
            ];
            assert_eq!([0, 1, 2, 3, 4].map(|at| value(COUNTED[at])), taken);
        }
    }
}
