//! What is allowed: so many requests in so much time, and how many of them at once.

use std::time::Duration;

use super::ticks::{self, TICKS_PER_SECOND};

/// The longest time that a policy may take to forgive everything: a week.
const TOLERANCE_SECONDS_MOST: u64 = 7 * 24 * 60 * 60;
const NAME_BYTES_MOST: usize = 64;

/// One rule. `count` requests each `seconds`, of which `burst` may come at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: Box<str>,
    count: u32,
    seconds: u32,
    burst: u32,
    shadow: bool,
    interval: u64,
}

/// Why there is no such policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A name.
    #[error("a policy's name has 1 to {NAME_BYTES_MOST} letters a-z, digits, '-' and '_'")]
    Name,
    /// A zero.
    #[error(
        "the policy {0} must allow at least one request in at least one second, and a burst of at least one"
    )]
    Nothing(Box<str>),
    /// Too fast to be counted.
    #[error("the policy {name} allows more than {most} requests a second, which is too fine to be counted")]
    TooFast {
        /// Whose.
        name: Box<str>,
        /// The most.
        most: u64,
    },
    /// Too slow to be counted.
    #[error("the policy {0} would take more than a week to forgive a whole burst")]
    TooSlow(Box<str>),
    /// Too many.
    #[error("there can be 1 to {most} policies, not {found}")]
    Number {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Two of one name.
    #[error("there are two policies of the name {0}")]
    Twice(Box<str>),
    /// Other policies than those of the process that came first.
    #[error("another process of this table has other policies; all must read the same settings")]
    Differ,
}

/// Requests a second that the clock's ticks can still tell apart well enough (3 % off).
const PER_SECOND_MOST: u64 = 2_000;

impl Policy {
    /// `count` requests each `seconds`, of which `burst` may come at once.
    pub fn new(name: &str, count: u32, seconds: u32, burst: u32) -> Result<Self, PolicyError> {
        let letter =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if !(1..=NAME_BYTES_MOST).contains(&name.len()) || !name.bytes().all(letter) {
            return Err(PolicyError::Name);
        }
        let name: Box<str> = name.into();
        if count == 0 || seconds == 0 || burst == 0 {
            return Err(PolicyError::Nothing(name));
        }
        if u64::from(count) > PER_SECOND_MOST * u64::from(seconds) {
            return Err(PolicyError::TooFast { name, most: PER_SECOND_MOST });
        }
        // One tick more than the division, rounded up: so much may be lost in rounding two readings of the
        // clock down, and the bound must hold for every pair of times, not only nearly.
        let interval = (u64::from(seconds) * TICKS_PER_SECOND).div_ceil(u64::from(count)) + 1;
        if interval.saturating_mul(u64::from(burst)) > TOLERANCE_SECONDS_MOST * TICKS_PER_SECOND {
            return Err(PolicyError::TooSlow(name));
        }
        Ok(Self { name, count, seconds, burst, shadow: false, interval })
    }

    /// The same policy, counting what it would refuse and refusing nothing.
    #[must_use]
    pub fn shadow(self, shadow: bool) -> Self {
        Self { shadow, ..self }
    }

    /// Its name, as it stands in headers.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many may come at once.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// `count` and `seconds`.
    #[must_use]
    pub fn rate(&self) -> (u32, u32) {
        (self.count, self.seconds)
    }

    /// Whether it only counts.
    #[must_use]
    pub fn is_shadow(&self) -> bool {
        self.shadow
    }

    /// The time that one request costs.
    #[must_use]
    pub fn interval(&self) -> Duration {
        ticks::to_duration(self.interval)
    }

    /// Ticks that one request costs.
    pub(super) fn cost(&self) -> u64 {
        self.interval
    }

    /// Ticks that the debt may reach.
    pub(super) fn tolerance(&self) -> u64 {
        self.interval * u64::from(self.burst)
    }

    /// What processes must agree on: the numbers, and the name, because a policy is known to others by its place in
    /// the list. A shadow may differ while settings are changed.
    pub(super) fn agreed(&self) -> impl Iterator<Item = u8> {
        let numbers = [self.count, self.seconds, self.burst].into_iter().flat_map(u32::to_le_bytes);
        // No name has a zero byte, so that no two lists of policies look the same.
        self.name.bytes().chain([0]).chain(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let of = |count, seconds, burst| Policy::new("p", count, seconds, burst).unwrap_err();
        assert_eq!(PolicyError::Nothing("p".into()), of(0, 1, 1));
        assert_eq!(PolicyError::Nothing("p".into()), of(1, 0, 1));
        assert_eq!(PolicyError::Nothing("p".into()), of(1, 1, 0));
        assert_eq!(PolicyError::TooFast { name: "p".into(), most: 2_000 }, of(2_001, 1, 1));
        assert_eq!(PolicyError::TooSlow("p".into()), of(1, 86_400, 8));
        assert_eq!(PolicyError::TooSlow("p".into()), of(1, u32::MAX, u32::MAX));
        for name in ["", "Upper", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(Err(PolicyError::Name), Policy::new(name, 1, 1, 1), "{name}");
        }
    }

    #[test]
    fn a_policy_says_what_it_was_made_of() {
        let policy = Policy::new("game-server", 500, 60, 50).unwrap();
        assert_eq!(
            ("game-server", 50, (500, 60), false),
            (policy.name(), policy.burst(), policy.rate(), policy.is_shadow())
        );
        assert!(policy.clone().shadow(true).is_shadow());
        assert!((Duration::from_millis(120)..Duration::from_micros(120_050)).contains(&policy.interval()));
    }

    proptest! {
        #[test]
        fn the_rate_is_never_rounded_up_and_at_most_4_percent_down(count in 1_u32..=100_000, seconds in 1_u32..=3_600) {
            prop_assume!(count <= 2_000 * seconds);
            let policy = Policy::new("p", count, seconds, 1).unwrap();
            let exact = f64::from(seconds) / f64::from(count);
            let ratio = policy.interval().as_secs_f64() / exact;
            prop_assert!((1.0..=1.0626).contains(&ratio), "{ratio}");
        }
    }
}
