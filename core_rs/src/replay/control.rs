//! The control word of a slot: whose it is and until when, in one word that moves by compare-and-swap.
//!
//! ```text
//! free       0
//! claiming   state 2 | generation 16 | pid 22 | start of that process 24
//! announced  state 2 | generation 16 | end in seconds 32 | fingerprint of the sid 14
//! live       the same
//! ```
//! The claimer's name stands in the word that claims, so there is no moment at which a slot is taken by nobody.
//!
//! Generations only go up. A slot whose sixteen bits are used up is retired instead of starting again: a
//! worker stopped between look-up and compare-and-swap can then never meet its own generation again, however
//! long it was stopped, and no time has to be proven. A slot lives through 65,535 sessions; with the shortest
//! life there is (1 s, and 180 s until reuse) that is 137 days of nothing but such sessions in that one slot,
//! with sessions of 15 minutes more than two years. A new table has all its slots again.

use crate::table::machine::Peer;

/// The state of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Never used.
    Free,
    /// Being made ready by a process.
    Claiming(Peer),
    /// Ready, not yet known to be the only one of its sid; or given up, where `ends` is 0.
    Announced(Lease),
    /// In use.
    Live(Lease),
}

/// Until when a slot is a session's, and a part of which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    /// In seconds of the table.
    pub ends: u32,
    /// `FINGERPRINT_BITS` bits of the sid.
    pub fingerprint: u16,
}

/// A control word, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Control {
    pub generation: u16,
    pub state: State,
}

/// So much of the sid stands in the control word that a look-up rarely reads a slot in vain.
pub(super) const FINGERPRINT_BITS: u32 = 14;
/// Above it a slot is not taken again.
pub(super) const LAST_GENERATION: u16 = u16::MAX;

const CLAIMING: u64 = 1;
const ANNOUNCED: u64 = 2;
const LIVE: u64 = 3;

#[expect(clippy::cast_possible_truncation, reason = "each field is masked by its place in the word")]
impl Control {
    #[inline]
    pub fn read(word: u64) -> Self {
        let lease = Lease { ends: (word >> FINGERPRINT_BITS) as u32, fingerprint: (word & 0x3fff) as u16 };
        let state = match word >> 62 {
            0 => State::Free,
            CLAIMING => State::Claiming(Peer {
                pid: (word >> Peer::START_BITS & ((1 << Peer::PID_BITS) - 1)) as u32,
                started: (word & ((1 << Peer::START_BITS) - 1)) as u32,
            }),
            ANNOUNCED => State::Announced(lease),
            _ => State::Live(lease),
        };
        Self { generation: (word >> 46) as u16, state }
    }

    #[inline]
    pub fn word(self) -> u64 {
        let leased = |lease: Lease| u64::from(lease.ends) << FINGERPRINT_BITS | u64::from(lease.fingerprint);
        let (state, rest) = match self.state {
            State::Free => (0, 0),
            State::Claiming(peer) => {
                (CLAIMING, u64::from(peer.pid) << Peer::START_BITS | u64::from(peer.started))
            }
            State::Announced(lease) => (ANNOUNCED, leased(lease)),
            State::Live(lease) => (LIVE, leased(lease)),
        };
        state << 62 | u64::from(self.generation) << 46 | rest
    }

    /// The lease of a session that is live or about to be.
    #[inline]
    pub fn lease(self) -> Option<Lease> {
        match self.state {
            State::Announced(lease) | State::Live(lease) if lease.ends != 0 => Some(lease),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn states() -> impl Strategy<Value = State> {
        let lease = (any::<u32>(), 0_u16..1 << FINGERPRINT_BITS)
            .prop_map(|(ends, fingerprint)| Lease { ends, fingerprint });
        prop_oneof![
            (0_u32..1 << Peer::PID_BITS, 0_u32..1 << Peer::START_BITS)
                .prop_map(|(pid, started)| State::Claiming(Peer { pid, started })),
            lease.clone().prop_map(State::Announced),
            lease.prop_map(State::Live),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(state in states(), generation: u16) {
            let control = Control { generation, state };
            prop_assert_eq!(control, Control::read(control.word()));
        }
    }

    #[test]
    fn a_word_of_zeros_is_a_slot_never_used() {
        let control = Control { generation: 0, state: State::Free };
        assert_eq!((0, control), (control.word(), Control::read(0)));
    }
}
