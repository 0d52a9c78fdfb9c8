//! The one call on a number that stands for a socket.
#![allow(unsafe_code)]

use std::os::fd::BorrowedFd;

use rustix::io::retry_on_intr;
use rustix::net::{SendFlags, send as send_now};

/// Return how many bytes a socket takes without anybody waiting; nothing where it cannot be written to.
pub(super) fn send(socket: i32, data: &[u8]) -> usize {
    if socket < 0 {
        return 0;
    }
    // SAFETY: whoever calls holds the socket open for as long as this call takes. It is borrowed, and not kept.
    let socket = unsafe { BorrowedFd::borrow_raw(socket) };
    retry_on_intr(|| send_now(socket, data, flags())).unwrap_or(0)
}

/// A connection that has gone is an answer here, not a signal.
fn flags() -> SendFlags {
    #[cfg(target_os = "linux")]
    {
        SendFlags::DONTWAIT | SendFlags::NOSIGNAL
    }
    #[cfg(not(target_os = "linux"))]
    {
        SendFlags::DONTWAIT
    }
}
