//! Content digests: BLAKE3, because it names blobs, bundles and request bodies alike.

/// A BLAKE3 digest of 256 bits.
pub type Digest = [u8; 32];

/// The BLAKE3 digest of `data`.
#[must_use]
pub fn blake3(data: &[u8]) -> Digest {
    *::blake3::hash(data).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::blake3;

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write;
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes every write");
            text
        })
    }

    #[test]
    fn the_empty_input_has_the_published_digest() {
        assert_eq!("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", hex(&blake3(b"")));
    }

    #[test]
    fn one_changed_bit_changes_the_digest() {
        assert_ne!(blake3(b"lesson 1"), blake3(b"lesson 0"));
    }
}
