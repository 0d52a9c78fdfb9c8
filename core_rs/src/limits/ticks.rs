//! The time of the limits: ticks of 2^-16 s since the table was made.

use std::time::Duration;

const BITS: u32 = 16;
/// Ticks in a second, 15 microseconds each.
pub(super) const TICKS_PER_SECOND: u64 = 1 << BITS;

/// Whole ticks, rounded down.
#[inline]
pub(super) fn of(time: Duration) -> u64 {
    let part = (u64::from(time.subsec_nanos()) << BITS) / 1_000_000_000;
    time.as_secs() << BITS | part
}

/// Rounded up to a nanosecond.
pub(super) fn to_duration(ticks: u64) -> Duration {
    let nanos = ((ticks & (TICKS_PER_SECOND - 1)) * 1_000_000_000).div_ceil(TICKS_PER_SECOND);
    Duration::from_secs(ticks >> BITS) + Duration::from_nanos(nanos)
}

/// Milliseconds, rounded up: a client that waits so long has waited long enough.
pub(super) fn to_millis(ticks: u64) -> u64 {
    (ticks * 1_000).div_ceil(TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ticks_lose_less_than_one_tick(seconds in 0_u64..1 << 27, nanos in 0_u32..1_000_000_000) {
            let time = Duration::new(seconds, nanos);
            let ticks = of(time);
            prop_assert!(to_duration(ticks) <= time + Duration::from_nanos(1));
            prop_assert!(to_duration(ticks + 1) > time);
            prop_assert_eq!(ticks, of(to_duration(ticks)));
            let millis = Duration::from_millis(to_millis(ticks));
            prop_assert!(millis >= to_duration(ticks) && millis < to_duration(ticks) + Duration::from_millis(1));
        }
    }
}
