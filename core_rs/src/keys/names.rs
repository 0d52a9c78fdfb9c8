//! The names that stand in a signature: a session's id and the store's epoch, one spelling each.

use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Master version (1 byte), shard (2 bytes, big-endian), random (16 bytes).
const SID_BYTES: usize = 19;
/// The length of a sid in base64url without padding.
pub const SID_TEXT: usize = 26;
/// The length of an epoch in hex.
pub const EPOCH_TEXT: usize = 16;
/// The length of a key's name: sid, full stop, epoch.
pub const KEY_ID_TEXT: usize = SID_TEXT + 1 + EPOCH_TEXT;

/// A session's id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sid([u8; SID_BYTES]);

impl Sid {
    /// Put a sid together; `random` must come from the system's generator.
    #[must_use]
    pub fn new(master_version: u8, shard: u16, random: [u8; 16]) -> Self {
        let mut bytes = [0; SID_BYTES];
        bytes[0] = master_version;
        bytes[1..3].copy_from_slice(&shard.to_be_bytes());
        bytes[3..].copy_from_slice(&random);
        Self(bytes)
    }

    /// Read the one accepted spelling: no padding, no stray bits in the last letter.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != SID_TEXT {
            return None;
        }
        let mut bytes = [0; SID_BYTES];
        let written = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (written == SID_BYTES).then_some(Self(bytes))
    }

    /// Which master key the session's key comes from.
    #[must_use]
    pub fn master_version(&self) -> u8 {
        self.0[0]
    }

    /// Which shard keeps the session's window.
    #[must_use]
    pub fn shard(&self) -> u16 {
        u16::from_be_bytes([self.0[1], self.0[2]])
    }

    /// The part that tells sessions apart.
    #[must_use]
    pub fn random(&self) -> [u8; 16] {
        let mut random = [0; 16];
        random.copy_from_slice(&self.0[3..]);
        random
    }

    /// The bytes that go into the key's derivation.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SID_BYTES] {
        &self.0
    }
}

/// Random bits of the id as they are, for maps that hash no further.
impl Hash for Sid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (_, random) = self.0.split_last_chunk().unwrap_or((&[], &[0; 8]));
        state.write_u64(u64::from_le_bytes(*random));
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sid({self})")
    }
}

/// One life of the store that keeps the windows: 64 random bits, never a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u64);

impl Epoch {
    /// Read sixteen lower-case hex digits.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != EPOCH_TEXT {
            return None;
        }
        let mut value = 0;
        for letter in text {
            let digit = match letter {
                b'0'..=b'9' => letter - b'0',
                b'a'..=b'f' => letter - b'a' + 10,
                _ => return None,
            };
            value = value << 4 | u64::from(digit);
        }
        Some(Self(value))
    }

    /// The bytes that go into the key's derivation.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// What `keyid` says: whose key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId {
    /// The session.
    pub sid: Sid,
    /// The life of the store that the session is of.
    pub epoch: Epoch,
}

impl KeyId {
    /// Read `sid.epoch`, each in its one spelling.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (sid, rest) = text.split_at_checked(SID_TEXT)?;
        let epoch = Epoch::parse(rest.strip_prefix(b".")?)?;
        Some(Self { sid: Sid::parse(sid)?, epoch })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.sid, self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sid_with_stray_bits_in_its_last_letter_is_another_spelling_and_refused() {
        let text = Sid::new(1, 2, [7; 16]).to_string();
        let accepted = (b'0'..=b'z')
            .filter(|letter| {
                let mut other = text.clone().into_bytes();
                other[SID_TEXT - 1] = *letter;
                Sid::parse(&other).is_some()
            })
            .count();
        // 19 bytes leave four bits unused in the last letter: 64 letters, 4 of them with clean bits.
        assert_eq!(4, accepted);
    }

    #[test]
    fn padding_and_the_other_alphabet_are_refused() {
        assert_eq!(None, Sid::parse(b"AQACBwcHBwcHBwcHBwcHBwcHBw="));
        assert_eq!(None, Sid::parse(b"AQACBwcHBwcHBwcHBwcHBwcH+/"));
        assert_eq!(None, Epoch::parse(b"00000000000000AB"));
        assert_eq!(None, Epoch::parse(b"+0000000000000ab"));
    }

    #[test]
    fn a_key_id_is_a_sid_a_full_stop_and_an_epoch_and_nothing_else() {
        let key_id = KeyId { sid: Sid::new(1, 2, [7; 16]), epoch: Epoch(0xab) };
        let text = key_id.to_string();
        assert_eq!((KEY_ID_TEXT, Some(key_id)), (text.len(), KeyId::parse(text.as_bytes())));
        for wrong in
            [&text[..text.len() - 1], &text.replace('.', ":"), &format!("{text}0"), &text[..SID_TEXT], "é"]
        {
            assert_eq!(None, KeyId::parse(wrong.as_bytes()), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(version: u8, shard: u16, random: [u8; 16], epoch: u64) {
            let sid = Sid::new(version, shard, random);
            prop_assert_eq!(Some(sid), Sid::parse(sid.to_string().as_bytes()));
            prop_assert_eq!((version, shard, random), (sid.master_version(), sid.shard(), sid.random()));
            prop_assert_eq!(Some(Epoch(epoch)), Epoch::parse(Epoch(epoch).to_string().as_bytes()));
        }

        #[test]
        fn whatever_is_read_is_written_the_same_way(text in "[A-Za-z0-9_=+/-]{24,28}") {
            if let Some(sid) = Sid::parse(text.as_bytes()) {
                prop_assert_eq!(text, sid.to_string());
            }
        }
    }
}
