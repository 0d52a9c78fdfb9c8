//! Times by their size: exact to 1.6 %, in a fixed room, so that counting a time costs the same as any other.

const FINE_BITS: u32 = 6;
const FINE: u64 = 1 << FINE_BITS;
const BUCKETS: usize = 64 << FINE_BITS;

/// How often which time was seen, in nanoseconds.
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    most: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, most: 0 }
    }
}

impl Histogram {
    pub fn add(&mut self, nanoseconds: u64) {
        self.counts[bucket(nanoseconds)] += 1;
        self.total += 1;
        self.most = self.most.max(nanoseconds);
    }

    /// A time that so many of a million were not above.
    #[must_use]
    pub fn percentile(&self, of_a_million: u64) -> u64 {
        let rank = (u128::from(self.total) * u128::from(of_a_million)).div_ceil(1_000_000);
        let mut seen = 0_u128;
        for (at, count) in self.counts.iter().enumerate() {
            seen += u128::from(*count);
            if seen >= rank && *count > 0 {
                return upper(at).min(self.most);
            }
        }
        self.most
    }

    #[must_use]
    pub const fn most(&self) -> u64 {
        self.most
    }
}

/// Below 64 each value has its own; above, each doubling has 64.
fn bucket(value: u64) -> usize {
    if value < FINE {
        return usize::try_from(value).unwrap_or(0);
    }
    let doubling = value.ilog2() - FINE_BITS;
    let fine = (value >> doubling) - FINE;
    usize::try_from(u64::from(doubling + 1) * FINE + fine).unwrap_or(BUCKETS - 1)
}

/// The highest value of a bucket.
fn upper(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < FINE {
        return bucket;
    }
    let (doubling, fine) = (bucket / FINE - 1, bucket % FINE);
    ((FINE + fine + 1) << doubling).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_never_below_the_time_and_at_most_two_percent_above_it() {
        for value in (0..2_000).chain((0..50).map(|power| 3_u64.wrapping_pow(power % 40) + 11)) {
            let mut times = Histogram::default();
            times.add(value);
            times.add(u64::MAX);
            let told = times.percentile(500_000);
            assert!(told >= value, "{told} for {value}");
            assert!(told - value <= value / 50, "{told} for {value}");
        }
    }

    #[test]
    fn percentiles_of_a_thousand_times_are_where_they_are() {
        let mut times = Histogram::default();
        (1..=1000).for_each(|each| times.add(each * 1000));
        for (of_a_million, expected) in [(500_000, 500_000), (990_000, 990_000), (999_000, 999_000)] {
            let told = times.percentile(of_a_million);
            assert!((expected..=expected * 51 / 50).contains(&told), "{told}");
        }
        assert_eq!(1_000_000, times.percentile(1_000_000));
        assert_eq!(1_000_000, times.most());
    }

    #[test]
    fn nothing_has_no_time() {
        assert_eq!(0, Histogram::default().percentile(990_000));
    }
}
