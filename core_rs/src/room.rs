//! Room for what a thread is about to allocate.
//!
//! In every thread but the first, glibc makes room four KiB at a time, each with a question to the system: reading ten
//! thousand files asks as often. It keeps what was given back once, though, so a large piece is taken and given back.

use std::hint::black_box;
use std::sync::Once;

/// Once a piece of this size was given back, glibc keeps up to twice as much in each thread.
const KEPT_BYTES: usize = 16 << 20;
/// A little less than that, so that it is taken from the room of the thread itself.
const ROOM_BYTES: usize = KEPT_BYTES - (64 << 10);

/// Make room in this thread, and once in those that share work. It is address space, and no memory before it is used.
pub(crate) fn make() {
    static SHARED: Once = Once::new();
    SHARED.call_once(|| {
        take_and_give_back(KEPT_BYTES);
        rayon::broadcast(|_| take_and_give_back(ROOM_BYTES));
    });
    take_and_give_back(ROOM_BYTES);
}

fn take_and_give_back(bytes: usize) {
    drop(black_box(Vec::<u8>::with_capacity(bytes)));
}
