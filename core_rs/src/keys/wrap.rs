//! A key on its way to a device: hidden by a pad that is used once.
//!
//! The pad is an HMAC over values that no two grants share (the challenge, the device's own number and
//! the new session's id), so hiding is one exclusive-or in a client that has nothing but SHA-256.
//! It hides only: that the grant is genuine is shown by the MAC over the whole answer.

use super::Key;
use crate::mac::{LENGTH, MacKey};
use zeroize::Zeroizing;

/// Hide `key`, or show it again: the same step both ways.
#[must_use]
pub fn wrap(pad_key: &[u8; LENGTH], context: &[&[u8]], key: &[u8; LENGTH]) -> Key {
    let pad = MacKey::new(pad_key).mac(context);
    let mut hidden = Zeroizing::new([0; LENGTH]);
    for (out, (a, b)) in hidden.iter_mut().zip(pad.iter().zip(key)) {
        *out = a ^ b;
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_is_shown_again_only_in_its_own_context() {
        let hidden = wrap(&[1; LENGTH], &[b"challenge", b"number"], &[9; LENGTH]);
        assert_ne!([9; LENGTH], *hidden);
        assert_eq!([9; LENGTH], *wrap(&[1; LENGTH], &[b"challenge", b"number"], &hidden));
        assert_ne!([9; LENGTH], *wrap(&[1; LENGTH], &[b"challenge", b"another"], &hidden));
    }
}
