//! Names of sessions and epochs: any text is judged, and what is taken is written the same again.

use _core::keys::names::{Epoch, KeyId, Sid};

pub type Input<'a> = &'a [u8];

pub fn run(text: Input<'_>) {
    if let Some(sid) = Sid::parse(text) {
        assert_eq!(text, sid.to_string().as_bytes());
        assert_eq!(sid, Sid::new(sid.master_version(), sid.shard(), sid.random()));
    }
    if let Some(epoch) = Epoch::parse(text) {
        assert_eq!(text, epoch.to_string().as_bytes());
    }
    if let Some(key_id) = KeyId::parse(text) {
        assert_eq!(text, key_id.to_string().as_bytes());
    }
}
