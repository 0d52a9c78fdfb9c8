//! The memo's parser: no panic, and one spelling for everything that it takes.

use _core::hashing::Memo;

pub type Input<'a> = &'a [u8];

pub fn run(content: Input<'_>) {
    // Without the checksum, which no mutation would keep right.
    let mut bytes = b"TBXMEMO\x01".to_vec();
    bytes.extend(content);
    if let Ok(memo) = Memo::parse(&bytes) {
        let again = memo.to_bytes();
        assert_eq!(bytes, again[..again.len() - 32]);
    }
}
