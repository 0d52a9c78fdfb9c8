//! The sessions that a worker remembers: a bounded map that only a caller with proof fills.
//!
//! When it is full the session that was not used for longest leaves, found by the hand of a clock (second
//! chance). What leaves is handed out instead of being dropped here: the map is behind a lock, and what a
//! caller keeps in an entry may do anything when it is dropped.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::keys::names::Sid;

/// A bounded map from a session's id to what is remembered of it.
#[derive(Debug)]
pub struct Sessions<Entry> {
    places: HashMap<Sid, Place<Entry>, BuildHasherDefault<AsItIs>>,
    /// The owners in the order in which the hand passes them.
    ring: Vec<Sid>,
    capacity: usize,
    hand: usize,
}

#[derive(Debug)]
struct Place<Entry> {
    kept: Arc<Kept<Entry>>,
    at: usize,
}

/// What is remembered, and whether it was of use since the hand passed.
#[derive(Debug)]
pub struct Kept<Entry> {
    /// What was put in.
    pub entry: Entry,
    used: AtomicBool,
}

impl<Entry> Kept<Entry> {
    /// A newcomer has had its use: it must earn the second chance, or a scan would flush the busy.
    #[must_use]
    pub fn new(entry: Entry) -> Self {
        Self { entry, used: AtomicBool::new(false) }
    }

    /// Say that the entry was of use. Looking it up is none: a stranger can name any session.
    pub fn touch(&self) {
        // Most of the time it is set already, and reading it leaves the cache line with every core.
        if !self.used.load(Relaxed) {
            self.used.store(true, Relaxed);
        }
    }
}

impl<Entry> Sessions<Entry> {
    /// Room for `capacity` sessions, at least one.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { places: HashMap::default(), ring: Vec::new(), capacity: capacity.max(1), hand: 0 }
    }

    /// How many sessions are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// What is remembered of a session.
    #[inline]
    #[must_use]
    pub fn get(&self, sid: &Sid) -> Option<Arc<Kept<Entry>>> {
        self.places.get(sid).map(|place| Arc::clone(&place.kept))
    }

    /// Remember a session; what had to leave for it.
    #[must_use = "drop it where no lock is held"]
    pub fn insert(&mut self, sid: Sid, kept: Arc<Kept<Entry>>) -> Option<Arc<Kept<Entry>>> {
        if let Some(place) = self.places.get_mut(&sid) {
            return Some(std::mem::replace(&mut place.kept, kept));
        }
        if self.ring.len() < self.capacity {
            self.places.insert(sid, Place { kept, at: self.ring.len() });
            self.ring.push(sid);
            return None;
        }
        let at = self.idle_place();
        let gone = self.places.remove(&self.ring[at]);
        self.places.insert(sid, Place { kept, at });
        self.ring[at] = sid;
        gone.map(|place| place.kept)
    }

    /// Forget a session that is over; what was remembered of it.
    #[must_use = "drop it where no lock is held"]
    pub fn remove(&mut self, sid: &Sid) -> Option<Arc<Kept<Entry>>> {
        let Place { kept, at } = self.places.remove(sid)?;
        self.ring.swap_remove(at);
        if let Some(place) = self.ring.get(at).and_then(|moved| self.places.get_mut(moved)) {
            place.at = at;
        }
        if self.hand >= self.ring.len() {
            self.hand = 0;
        }
        Some(kept)
    }

    /// Forget the sessions of which `over` is true; what was remembered of them.
    #[must_use = "drop it where no lock is held"]
    pub fn remove_where(&mut self, over: impl Fn(&Entry) -> bool) -> Vec<Arc<Kept<Entry>>> {
        let over = |sid: &&Sid| self.places.get(sid).is_some_and(|place| over(&place.kept.entry));
        let gone: Vec<Sid> = self.ring.iter().filter(over).copied().collect();
        gone.iter().filter_map(|sid| self.remove(sid)).collect()
    }

    /// The first place that the hand finds unused; it takes every chance away on its way.
    fn idle_place(&mut self) -> usize {
        loop {
            let at = self.hand;
            self.hand = (at + 1) % self.ring.len();
            let used =
                self.places.get(&self.ring[at]).is_some_and(|place| place.kept.used.swap(false, Relaxed));
            if !used {
                return at;
            }
        }
    }
}

/// The hash of an id is eight of its random bytes. Nobody can choose them: what is put in was drawn by us.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // An id writes its eight bytes as a number; this is for whatever else.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 ^= number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sid(number: u8) -> Sid {
        Sid::new(1, 0, [number; 16])
    }

    fn put(sessions: &mut Sessions<u8>, number: u8) -> Option<u8> {
        sessions.insert(sid(number), Arc::new(Kept::new(number))).map(|gone| gone.entry)
    }

    fn held(sessions: &Sessions<u8>, number: u8) -> Option<u8> {
        sessions.get(&sid(number)).map(|kept| kept.entry)
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let mut sessions = Sessions::new(3);
        for number in 0..100_u8 {
            assert_eq!(number.checked_sub(3), put(&mut sessions, number));
            assert!(sessions.len() <= 3);
            assert_eq!(Some(number), held(&sessions, number));
        }
    }

    #[test]
    fn a_busy_session_outlives_idle_ones() {
        let mut sessions = Sessions::new(3);
        for number in 0..3 {
            put(&mut sessions, number);
        }
        for number in 3..50 {
            sessions.get(&sid(0)).unwrap().touch();
            put(&mut sessions, number);
        }
        assert_eq!((Some(0), None), (held(&sessions, 0), held(&sessions, 1)));
    }

    #[test]
    fn being_looked_up_keeps_nothing_in() {
        let mut sessions = Sessions::new(2);
        put(&mut sessions, 0);
        put(&mut sessions, 1);
        for number in 2..4 {
            held(&sessions, 0);
            put(&mut sessions, number);
        }
        assert_eq!(None, held(&sessions, 0));
    }

    #[test]
    fn what_is_put_in_again_replaces_what_was_there() {
        let mut sessions = Sessions::new(2);
        put(&mut sessions, 1);
        let again = sessions.insert(sid(1), Arc::new(Kept::new(9)));
        assert_eq!((Some(1), 1, Some(9)), (again.map(|gone| gone.entry), sessions.len(), held(&sessions, 1)));
    }

    #[test]
    fn a_hash_of_bytes_tells_them_apart() {
        let hash = |bytes: &[u8]| {
            let mut hasher = AsItIs::default();
            hasher.write(bytes);
            hasher.finish()
        };
        assert_ne!(hash(b"ab"), hash(b"ba"));
        assert_eq!(hash(b"ab"), hash(b"ab"));
    }

    #[test]
    fn those_of_whom_it_is_said_are_forgotten() {
        let mut sessions = Sessions::new(20);
        for number in 0..20 {
            put(&mut sessions, number);
        }
        let gone = sessions.remove_where(|number| *number < 15);
        assert_eq!((15, 5), (gone.len(), sessions.len()));
        assert!((0..20).all(|number| held(&sessions, number).is_some() == (number >= 15)));
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_plain_map(steps in proptest::collection::vec((0_u8..12, 0_u8..3), 0..200)) {
            let mut sessions = Sessions::new(5);
            let mut model = std::collections::BTreeSet::new();
            for (number, step) in steps {
                match step {
                    0 => {
                        let gone = put(&mut sessions, number);
                        model.insert(number);
                        if let Some(gone) = gone.filter(|gone| *gone != number) {
                            model.remove(&gone);
                        }
                    }
                    1 => prop_assert_eq!(model.remove(&number), sessions.remove(&sid(number)).is_some()),
                    _ => {
                        if let Some(kept) = sessions.get(&sid(number)) {
                            kept.touch();
                        }
                    }
                }
                prop_assert!(sessions.len() <= 5);
                let all: Vec<u8> = (0..12).filter(|number| held(&sessions, *number).is_some()).collect();
                prop_assert_eq!(model.iter().copied().collect::<Vec<_>>(), all);
            }
        }
    }
}
