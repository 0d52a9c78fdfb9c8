//! What `EncodingService` does with bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The hash of that name in `Enum.HashAlgorithm`, or none: the script is told which there are here.
pub fn hash(algorithm: &str, data: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        "Sha256" => Some(Sha256::digest(data).to_vec()),
        "Blake3" => Some(blake3::hash(data).as_bytes().to_vec()),
        _ => None,
    }
}

/// RFC 4648 section 4, with padding.
pub fn to_base64(data: &[u8]) -> Vec<u8> {
    STANDARD.encode(data).into_bytes()
}

/// The bytes again, or none where it is not base64.
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A random UUID of version 4, in capitals as Roblox writes them.
pub fn guid() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let groups = [&digits[..4], &digits[4..6], &digits[6..8], &digits[8..10], &digits[10..]];
    Ok(groups.map(<[String]>::concat).join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_base64_is_read() {
        assert_eq!(Some(b"abcd".to_vec()), from_base64(b"YWJjZA=="));
        for broken in ["YWJjZA", "YWJj ZA==", "YWJjZB==", "!"] {
            assert_eq!(None, from_base64(broken.as_bytes()), "{broken}");
        }
    }

    #[test]
    fn a_guid_is_one_of_version_4_and_never_the_same() {
        let (one, other) = (guid().unwrap(), guid().unwrap());

        assert_ne!(one, other);
        assert_eq!((36, Some('4')), (one.len(), one.chars().nth(14)));
        assert!(matches!(one.chars().nth(19), Some('8' | '9' | 'A' | 'B')));
    }
}
