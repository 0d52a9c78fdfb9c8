//! The first 4 KiB of a table: what it is, of which life, and the few words that all processes share.
//!
//! A worker is handed a descriptor. Before it trusts a byte behind it, it reads this and compares.

use std::time::Duration;

use super::{Sizes, TableError};
use crate::keys::names::Epoch;

/// Words of the header: one page.
pub const HEADER_WORDS: usize = 512;
/// Counts revocations, alone in its cache line.
pub(crate) const REVOCATIONS: usize = 64;
/// The digest of the policies of the limits, 0 until the first process names them.
pub(crate) const POLICIES: usize = 72;
/// Two shared entries for each policy, for keys that find no room: of strangers, and of the proven.
pub(crate) const SHARED_ENTRIES: usize = 128;
/// How many policies there can be.
pub(crate) const POLICIES_MOST: usize = 32;

const MAGIC: u64 = u64::from_le_bytes(*b"tbxtable");
/// Goes up with every change of what stands where.
pub const LAYOUT_VERSION: u64 = 1;

const WORDS: usize = 2;
const SIZES: usize = 3;
const EPOCH: usize = 6;
const BOOT: usize = 7;
const CREATED: usize = 9;
const START: usize = 10;
const SECRET: usize = 12;
const NAMESPACES: usize = 16;
const CHECKSUM: usize = 17;

/// What a table says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// How much it holds.
    pub sizes: Sizes,
    /// One life of the store: 64 random bits.
    pub epoch: Epoch,
    /// The boot of the machine that it was made in.
    pub boot: [u8; 16],
    /// When it was made, in seconds since 1970; for people.
    pub created: u64,
    /// When it was made, on the clock that all its times are counted on.
    pub start: Duration,
    /// Keys the fingerprints of what is spent and limited.
    pub secret: [u8; 32],
    /// The namespaces in which its process ids and its times mean something.
    pub namespaces: u64,
}

impl Header {
    /// The words of the header of a table of `words` words.
    #[must_use]
    pub fn write(&self, words: usize) -> [u64; CHECKSUM + 1] {
        let mut header = [0; CHECKSUM + 1];
        header[0] = MAGIC;
        header[1] = LAYOUT_VERSION;
        header[WORDS] = words as u64;
        header[SIZES] = u64::from(self.sizes.sessions);
        header[SIZES + 1] = u64::from(self.sizes.spent);
        header[SIZES + 2] = u64::from(self.sizes.limits);
        header[EPOCH] = self.epoch.0;
        put(&mut header[BOOT..CREATED], &self.boot);
        header[CREATED] = self.created;
        header[START] = self.start.as_secs();
        header[START + 1] = u64::from(self.start.subsec_nanos());
        put(&mut header[SECRET..NAMESPACES], &self.secret);
        header[NAMESPACES] = self.namespaces;
        header[CHECKSUM] = checksum(&header[..CHECKSUM]);
        header
    }

    /// Read the header of a table of `words` words, and refuse what is not a whole table of this version.
    pub fn read(header: &[u64], words: usize) -> Result<Self, TableError> {
        if header.len() <= CHECKSUM || header[0] != MAGIC {
            return Err(TableError::Foreign);
        }
        if header[1] != LAYOUT_VERSION {
            return Err(TableError::Version { found: header[1] });
        }
        if header[WORDS] != words as u64 {
            return Err(TableError::Length {
                found: (words as u64).saturating_mul(8),
                told: header[WORDS].saturating_mul(8),
            });
        }
        let whole = header[CHECKSUM] == checksum(&header[..CHECKSUM]);
        let size = |at: usize| u32::try_from(header[SIZES + at]).ok();
        let (Some(sessions), Some(spent), Some(limits), true) = (size(0), size(1), size(2), whole) else {
            return Err(TableError::Damaged);
        };
        let nanos = u32::try_from(header[START + 1]).ok().filter(|nanos| *nanos < 1_000_000_000);
        let nanos = nanos.ok_or(TableError::Damaged)?;
        Ok(Self {
            sizes: Sizes { sessions, spent, limits },
            epoch: Epoch(header[EPOCH]),
            boot: take(&header[BOOT..CREATED]),
            created: header[CREATED],
            start: Duration::new(header[START], nanos),
            secret: take(&header[SECRET..NAMESPACES]),
            namespaces: header[NAMESPACES],
        })
    }

    /// Refuse a table of another life, boot or namespace than the one expected.
    pub fn expect(&self, epoch: Epoch, boot: [u8; 16], namespaces: u64) -> Result<(), TableError> {
        if self.boot != boot {
            return Err(TableError::OtherBoot);
        }
        if self.namespaces != namespaces {
            return Err(TableError::OtherNamespace);
        }
        if self.epoch != epoch {
            return Err(TableError::OtherEpoch { found: self.epoch, wanted: epoch });
        }
        Ok(())
    }
}

/// Not against an attacker, who could write it too: against a half-written or damaged page.
fn checksum(words: &[u64]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for word in words {
        hasher.update(&word.to_le_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first)
}

fn put(words: &mut [u64], bytes: &[u8]) {
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*chunk);
    }
}

fn take<const N: usize>(words: &[u64]) -> [u8; N] {
    let mut bytes = [0; N];
    for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        Header {
            sizes: Sizes::default(),
            epoch: Epoch(0x1234_5678_9abc_def0),
            boot: *b"a boot's 16 byte",
            created: 1_800_000_000,
            start: Duration::new(77, 999_999_999),
            secret: *b"32 bytes that nobody else knows.",
            namespaces: 4_026_531_836,
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(header(), Header::read(&header().write(4096), 4096).unwrap());
    }

    #[test]
    fn each_fault_has_its_own_sentence() {
        let written = header().write(4096);
        let with = |at: usize, word: u64| {
            let mut changed = written;
            changed[at] = word;
            Header::read(&changed, 4096).unwrap_err()
        };
        assert!(matches!(with(0, 1), TableError::Foreign));
        assert!(matches!(Header::read(&written[..17], 4096), Err(TableError::Foreign)));
        assert!(matches!(with(1, 2), TableError::Version { found: 2 }));
        assert!(matches!(
            Header::read(&written, 4095),
            Err(TableError::Length { found: 32_760, told: 32_768 })
        ));
        assert!(matches!(with(EPOCH, 1), TableError::Damaged));
        assert!(matches!(with(SIZES, u64::MAX), TableError::Damaged));

        let mut impossible = written;
        impossible[START + 1] = 1_000_000_000;
        impossible[CHECKSUM] = checksum(&impossible[..CHECKSUM]);
        assert!(matches!(Header::read(&impossible, 4096), Err(TableError::Damaged)));
    }

    #[test]
    fn another_life_boot_or_namespace_is_refused() {
        let header = header();
        let expect = |epoch, boot, namespaces| header.expect(epoch, boot, namespaces);
        assert!(expect(header.epoch, header.boot, header.namespaces).is_ok());
        assert!(matches!(
            expect(Epoch(1), header.boot, header.namespaces),
            Err(TableError::OtherEpoch { .. })
        ));
        assert!(matches!(expect(header.epoch, [0; 16], header.namespaces), Err(TableError::OtherBoot)));
        assert!(matches!(expect(header.epoch, header.boot, 1), Err(TableError::OtherNamespace)));
    }

    proptest! {
        #[test]
        fn one_changed_bit_is_noticed(at in 0..=CHECKSUM, bit in 0_u32..64) {
            let mut changed = header().write(4096);
            changed[at] ^= 1 << bit;
            prop_assert!(Header::read(&changed, 4096).is_err());
        }

        #[test]
        fn any_words_are_judged(words: Vec<u64>, told: usize) {
            prop_assert!(Header::read(&words, told).is_err());
        }
    }
}
