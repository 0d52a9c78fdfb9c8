//! The one module with unsafe code; each block says why it is sound.
#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
pub(super) mod mapping;
pub(super) mod prefetch;
