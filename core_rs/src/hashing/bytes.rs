//! Digests of bytes in memory.

use sha2::{Digest as _, Sha256};

/// A digest of 256 bits.
pub type Digest = [u8; DIGEST_LENGTH];
pub const DIGEST_LENGTH: usize = 32;

/// Which function makes a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Names blobs, bundles and request bodies; a tree of digests inside, so one file can use every core.
    Blake3,
    /// For what others prescribe.
    Sha256,
}

/// The BLAKE3 digest of `data`.
#[must_use]
pub fn blake3(data: &[u8]) -> Digest {
    *::blake3::hash(data).as_bytes()
}

/// The SHA-256 digest of `data`.
#[must_use]
pub fn sha256(data: &[u8]) -> Digest {
    Sha256::digest(data).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::hex;

    #[test]
    fn the_empty_input_has_the_published_digests() {
        assert_eq!("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", hex(&blake3(b"")));
        assert_eq!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex(&sha256(b"")));
    }

    #[test]
    fn one_changed_bit_changes_the_digest() {
        assert_ne!(blake3(b"lesson 1"), blake3(b"lesson 0"));
        assert_ne!(sha256(b"lesson 1"), sha256(b"lesson 0"));
    }
}
