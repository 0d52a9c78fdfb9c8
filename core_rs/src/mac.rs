//! HMAC-SHA-256 with the key's work done once, and HKDF over it (RFC 2104, RFC 5869).

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The bytes of a SHA-256 digest, a MAC or a derived key.
pub const LENGTH: usize = 32;

/// A key whose two padded blocks are already hashed: a MAC then costs only the message.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// Prepare `key`, of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        // HMAC takes keys of every length; the error type is there for other MACs.
        Self(Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes every key length")))
    }

    /// The MAC of the parts, one after another.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; LENGTH] {
        self.feed(parts).finalize().into_bytes().into()
    }

    /// Whether `tag` is the MAC of the parts, in a time that does not tell where they differ.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], tag: &[u8; LENGTH]) -> bool {
        self.feed(parts).verify_slice(tag).is_ok()
    }

    fn feed(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        #[cfg(test)]
        count();
        let mut state = self.0.clone();
        for part in parts {
            state.update(part);
        }
        state
    }
}

/// HKDF-SHA-256: `LENGTH` bytes of key for `info`, from `secret` under `salt`.
#[must_use]
pub fn derive(secret: &[u8], salt: &[u8], info: &[&[u8]]) -> [u8; LENGTH] {
    expand_with(&Hkdf::<Sha256>::new(Some(salt), secret), info)
}

/// HKDF-Expand alone, for a `key` that is already uniform.
#[must_use]
pub fn expand(key: &[u8; LENGTH], info: &[&[u8]]) -> [u8; LENGTH] {
    let prepared =
        Hkdf::<Sha256>::from_prk(key).unwrap_or_else(|_| unreachable!("the key has the digest's length"));
    expand_with(&prepared, info)
}

fn expand_with(hkdf: &Hkdf<Sha256>, info: &[&[u8]]) -> [u8; LENGTH] {
    #[cfg(test)]
    count();
    let mut key = [0; LENGTH];
    hkdf.expand_multi_info(info, &mut key).unwrap_or_else(|_| unreachable!("one block is never too long"));
    key
}

#[cfg(test)]
thread_local! {
    static WORK: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// MACs made and keys derived by this thread: what a stranger could time.
#[cfg(test)]
pub(crate) fn work() -> u32 {
    WORK.get()
}

#[cfg(test)]
fn count() {
    WORK.set(WORK.get() + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_one_message() {
        let key = MacKey::new(b"key");
        assert_eq!(key.mac(&[b"one message"]), key.mac(&[b"one ", b"", b"message"]));
    }

    #[test]
    fn a_changed_bit_anywhere_in_the_tag_is_refused() {
        let key = MacKey::new(b"key");
        let tag = key.mac(&[b"message"]);
        assert!(key.verify(&[b"message"], &tag));
        for bit in 0..LENGTH * 8 {
            let mut wrong = tag;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verify(&[b"message"], &wrong), "bit {bit}");
        }
    }

    #[test]
    fn labels_part_keys() {
        let key = derive(b"secret", b"salt", &[b"label"]);
        assert_ne!(expand(&key, &[b"a"]), expand(&key, &[b"b"]));
        assert_ne!(derive(b"secret", b"other", &[b"label"]), key);
    }
}
