//! The first page of a table that was handed over: any words are judged, what is read is written the same, and
//! a page that differs from the one that was written is refused.

use std::time::Duration;

use _core::keys::names::Epoch;
use _core::table::Sizes;
use _core::table::header::Header;
use arbitrary::Arbitrary;

/// Sizes, epoch, boot, when it was made (twice), secret, process namespace.
type Facts = ([u32; 3], u64, [u8; 16], u64, u64, u32, [u8; 32], u64);

#[derive(Arbitrary, Debug)]
pub struct Input {
    words: Vec<u64>,
    told: usize,
    facts: Facts,
    changes: Vec<(u8, u64)>,
}

pub fn run(input: Input) {
    if let Ok(header) = Header::read(&input.words, input.told) {
        let written = header.write(input.told);
        assert_eq!(input.words[..written.len()], written);
    }

    let ([sessions, spent, limits], epoch, boot, created, seconds, nanos, secret, namespaces) = input.facts;
    let sizes = Sizes { sessions, spent, limits };
    let start = Duration::new(seconds, nanos % 1_000_000_000);
    let header = Header { sizes, epoch: Epoch(epoch), boot, created, start, secret, namespaces };
    let written = header.write(input.told);
    assert_eq!(header, Header::read(&written, input.told).expect("what was written is read"));

    let mut changed = written;
    for (at, by) in input.changes {
        let at = usize::from(at) % changed.len();
        changed[at] ^= by;
    }
    assert_eq!(changed == written, Header::read(&changed, input.told).is_ok());
}
