//! The two clocks of a script: the time of day and one that only moves forward. Neither moves by itself while a
//! script computes, so that a run says the same every time; waiting moves both at once.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the script began, and the time of day that it believes in.
#[derive(Debug)]
pub struct Clock {
    elapsed_seconds: Cell<f64>,
    unix_offset_seconds: Cell<f64>,
}

impl Clock {
    /// Begin at a time of day: the named one, or the machine's.
    pub fn beginning_at(unix_seconds: Option<f64>) -> Self {
        Self {
            elapsed_seconds: Cell::new(0.0),
            unix_offset_seconds: Cell::new(unix_seconds.unwrap_or_else(of_machine)),
        }
    }

    /// What `os.clock` says.
    pub fn elapsed(&self) -> f64 {
        self.elapsed_seconds.get()
    }

    /// What `DateTime.now` says.
    pub fn unix(&self) -> f64 {
        self.unix_offset_seconds.get() + self.elapsed_seconds.get()
    }

    /// Set the time of day, as a person does: the other clock does not notice.
    pub fn set_unix(&self, unix_seconds: f64) {
        self.unix_offset_seconds.set(unix_seconds - self.elapsed_seconds.get());
    }

    /// Move both forward to a moment; never back.
    pub fn advance_to(&self, elapsed_seconds: f64) {
        self.elapsed_seconds.set(self.elapsed_seconds.get().max(elapsed_seconds));
    }
}

fn of_machine() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_moves_both_clocks_and_never_back() {
        let clock = Clock::beginning_at(Some(1000.0));
        clock.advance_to(5.0);
        clock.advance_to(2.0);

        assert_eq!((5.0, 1005.0), (clock.elapsed(), clock.unix()));
    }

    #[test]
    fn a_set_time_of_day_leaves_the_other_clock_alone() {
        let clock = Clock::beginning_at(Some(1000.0));
        clock.advance_to(5.0);
        clock.set_unix(50.0);
        clock.advance_to(6.0);

        assert_eq!((6.0, 51.0), (clock.elapsed(), clock.unix()));
    }
}
