//! JSON texts: any bytes are judged, and what is plain is so inside of other texts too, but never twice under one name.

use _core::json::is_plain;

pub type Input<'a> = &'a [u8];

const DEPTH_MOST: usize = 32;

pub fn run(text: Input<'_>) {
    if !is_plain(text) {
        return;
    }
    assert!(std::str::from_utf8(text).is_ok());
    let nested = text.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    let inside = [&b"{\"a\":"[..], text, b",\"b\":[", text, b"]}"].concat();
    assert!(is_plain(&inside) || nested + 2 > DEPTH_MOST);
    let twice = [&b"{\"a\":"[..], text, b",\"a\":", text, b"}"].concat();
    assert!(!is_plain(&twice));
    assert!(!is_plain(&[text, b","].concat()));
}
