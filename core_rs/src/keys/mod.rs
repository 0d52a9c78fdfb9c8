//! The keys of the protocol: which is derived from which, and under what label.
//!
//! ```text
//! master_v ─ "tbx1 device" ─> D ─┬─ "tbx1 open"    D_open    the device proves itself
//!                                ├─ "tbx1 wrap"    D_wrap    hides K and a new D on their way
//!                                ├─ "tbx1 grant"   D_grant   the bridge proves itself
//!                                └─ "tbx1 check"   D_check   the six digits
//! master_v ─ "tbx1 session" ─> K ─┬─ "tbx1 request" K_request
//!                                 ├─ "tbx1 answer"  K_answer
//!                                 └─ "tbx1 stream"  K_stream
//! ```
//! D and K themselves are never used for a MAC, so that no use can be turned into another.

pub mod names;
pub mod wrap;

use crate::mac::{self, LENGTH};
use names::{Epoch, Sid};
use zeroize::Zeroizing;

/// A key; wiped from memory when it is dropped.
pub type Key = Zeroizing<[u8; LENGTH]>;

/// What a device key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceUse {
    /// The device's MAC over the challenge.
    Open,
    /// The pad that hides a key on its way.
    Wrap,
    /// The bridge's MAC over its grant.
    Grant,
    /// The six digits that a person compares.
    Check,
}

/// What a session key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionUse {
    /// Signed requests.
    Request,
    /// Answers over plain http.
    Answer,
    /// Frames of a stream.
    Stream,
}

/// D: the key of a device, from the master key that its record names.
#[must_use]
pub fn device_key(master: &[u8; LENGTH], bridge_id: &[u8], device_id: &[u8; 16], generation: u32) -> Key {
    Zeroizing::new(mac::derive(master, bridge_id, &[b"tbx1 device", device_id, &generation.to_be_bytes()]))
}

/// The device key for one use.
#[must_use]
pub fn device_use(device: &[u8; LENGTH], used_for: DeviceUse) -> Key {
    let label: &[u8] = match used_for {
        DeviceUse::Open => b"tbx1 open",
        DeviceUse::Wrap => b"tbx1 wrap",
        DeviceUse::Grant => b"tbx1 grant",
        DeviceUse::Check => b"tbx1 check",
    };
    Zeroizing::new(mac::expand(device, &[label]))
}

/// K: the key of a session, from the master key that its sid names. Nothing of it is stored.
#[must_use]
pub fn session_key(master: &[u8; LENGTH], bridge_id: &[u8], sid: &Sid, epoch: Epoch) -> Key {
    Zeroizing::new(mac::derive(master, bridge_id, &[b"tbx1 session", sid.as_bytes(), &epoch.to_bytes()]))
}

/// The session key for one use.
#[must_use]
pub fn session_use(session: &[u8; LENGTH], used_for: SessionUse) -> Key {
    let label: &[u8] = match used_for {
        SessionUse::Request => b"tbx1 request",
        SessionUse::Answer => b"tbx1 answer",
        SessionUse::Stream => b"tbx1 stream",
    };
    Zeroizing::new(mac::expand(session, &[label]))
}
