//! Ed25519, where Rust signs or checks: the index of a bundle, tickets.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// The bytes of a signature.
pub const SIGNATURE_LENGTH: usize = 64;
/// The bytes of a seed or of a public key.
pub const KEY_LENGTH: usize = 32;

/// Sign `message` with the key that grows from `seed`.
#[must_use]
pub fn sign(seed: &[u8; KEY_LENGTH], message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

/// The public key that grows from `seed`.
#[must_use]
pub fn public_key(seed: &[u8; KEY_LENGTH]) -> [u8; KEY_LENGTH] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// Whether `signature` is of `message` under `public`.
///
/// Strict: weak keys and the looser forms that other libraries may take or refuse are refused here,
/// so that two checkers never differ about one signature.
#[must_use]
pub fn verify(public: &[u8; KEY_LENGTH], message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
    VerifyingKey::from_bytes(public)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_message_and_another_key_are_refused() {
        let signature = sign(&[1; KEY_LENGTH], b"index");
        assert!(verify(&public_key(&[1; KEY_LENGTH]), b"index", &signature));
        assert!(!verify(&public_key(&[1; KEY_LENGTH]), b"other", &signature));
        assert!(!verify(&public_key(&[2; KEY_LENGTH]), b"index", &signature));
    }

    #[test]
    fn the_key_of_small_order_signs_nothing() {
        // The neutral point as a key would let one signature stand for every message.
        let mut neutral = [0; KEY_LENGTH];
        neutral[0] = 1;
        let mut signature = [0; SIGNATURE_LENGTH];
        signature[0] = 1;
        assert!(!verify(&neutral, b"anything", &signature));
    }
}
