//! Asking for a word before it is needed.

use std::sync::atomic::AtomicU64;

/// Ask for the cache line of `word`, and wait for nothing.
#[inline]
pub(in crate::table) fn prefetch(word: &AtomicU64) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction is in every x86-64, reads nothing and never faults, whatever the address;
        // and this one is that of a word that is there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(word).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = word;
}
