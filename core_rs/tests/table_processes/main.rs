//! One table, several real processes: storms, kills, stops.
//!
//! A child is this same program, run for the one test `child` with its role in the environment. The table's
//! descriptor is inherited, its counter of revocations is the starting signal.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a test, outside of what clippy takes for one"
)]

mod children;
mod kills;
mod limits;
mod memory;
mod reuse;
mod storm;

/// Does nothing unless a parent made this process a child.
#[test]
fn child() {
    children::play();
}
