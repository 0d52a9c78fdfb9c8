//! Which buckets an entry may stand in: a start and a step, both from its hash.

/// The buckets of one entry, in the order in which they are tried.
#[derive(Clone, Debug)]
pub(crate) struct Probes {
    next: usize,
    step: usize,
    buckets: usize,
    left: usize,
}

impl Probes {
    /// `hash` must be uniform. A table of few buckets is walked whole.
    #[inline]
    pub fn new(hash: [u64; 2], buckets: usize, most: usize) -> Self {
        let next = scale(hash[1], buckets);
        let step = if buckets <= most { 1 } else { 1 + scale(hash[0], buckets - 1) };
        Self { next, step, buckets, left: most.min(buckets) }
    }
}

impl Iterator for Probes {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let bucket = self.next;
        self.next += self.step;
        if self.next >= self.buckets {
            self.next -= self.buckets;
        }
        Some(bucket)
    }
}

/// A number below `below`, evenly.
#[expect(clippy::cast_possible_truncation, reason = "the product's upper half is below `below`")]
#[inline]
pub(crate) fn scale(hash: u64, below: usize) -> usize {
    ((u128::from(hash) * below as u128) >> 64) as usize
}

/// The smallest number of buckets from `least` on that gives no step a short cycle: a prime, unless the
/// table is walked whole anyway.
pub(crate) fn bucket_count(least: usize, walked_whole: usize) -> usize {
    if least <= walked_whole {
        return least;
    }
    // There is a prime before twice any number.
    (least..least * 2).find(|number| is_prime(*number)).unwrap_or(least)
}

pub(crate) fn is_prime(number: usize) -> bool {
    number > 1 && (2..number).take_while(|by| by * by <= number).all(|by| !number.is_multiple_of(by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn no_bucket_is_tried_twice(hash: [u64; 2], least in 1_usize..5_000) {
            let buckets = bucket_count(least, 32);
            let tried: Vec<usize> = Probes::new(hash, buckets, 32).collect();
            prop_assert_eq!(buckets.min(32), tried.len());
            prop_assert_eq!(tried.len(), tried.iter().collect::<HashSet<_>>().len());
            prop_assert!(tried.iter().all(|bucket| *bucket < buckets));
        }
    }

    #[test]
    fn a_table_of_many_buckets_has_a_prime_number_of_them() {
        assert_eq!([1, 32, 37, 135_131], [1, 32, 33, 135_129].map(|least| bucket_count(least, 32)));
    }
}
