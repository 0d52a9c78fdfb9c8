//! A clock that never jumps. Wall time has no place in a table.

use std::time::Duration;

/// What all of a table's times come from.
#[cfg(not(test))]
pub(crate) use system as reading;

/// The time since the machine was started, sleep included, the same in every process.
#[cfg(target_os = "linux")]
pub(crate) fn system() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    // Neither part of this clock is ever negative.
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The time since the first reading of this process, which is the only one that has the table.
#[cfg(not(target_os = "linux"))]
pub(crate) fn system() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
pub(crate) use ahead::{reading, skip};

/// A test may let time pass for its own thread.
#[cfg(test)]
mod ahead {
    use std::cell::Cell;
    use std::time::Duration;

    thread_local! {
        static AHEAD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    pub(crate) fn reading() -> Duration {
        super::system() + AHEAD.get()
    }

    pub(crate) fn skip(time: Duration) {
        AHEAD.set(AHEAD.get() + time);
    }
}

#[cfg(test)]
mod tests {
    use super::reading;

    /// Not wall time, which people and services set.
    #[cfg(target_os = "linux")]
    #[test]
    fn it_is_the_time_since_the_machine_was_started() {
        use rustix::time::{ClockId, clock_gettime};
        let boot = || {
            let time = clock_gettime(ClockId::Boottime);
            std::time::Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
        };
        let (before, read, after) = (boot(), reading(), boot());
        assert!(before <= read && read <= after, "{before:?} {read:?} {after:?}");
    }

    #[test]
    fn it_never_goes_back() {
        let readings: Vec<_> = (0..10_000).map(|_| reading()).collect();
        assert!(readings.is_sorted());
    }
}
