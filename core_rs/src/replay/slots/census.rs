//! How many slots are in which state.

use super::{Shape, Slots};
use crate::replay::control::{Control, State};
use crate::table::machine::Machine;

/// Slots by their state. They go on changing while they are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// All of them.
    pub slots: usize,
    /// Never used.
    pub free: usize,
    /// Being made ready, or left so by a process that was killed: the next session that needs one takes it.
    pub claiming: usize,
    /// Ready and not in use: another step or two from it, given up, or left so by a process that was killed.
    pub announced: usize,
    /// Of sessions that live, or ended so lately that their slots still remember them, or wait to be reused.
    pub used: usize,
}

impl<S: Shape> Slots<S> {
    pub fn census<M: Machine>(&self, machine: &M) -> Census {
        let mut census = Census { slots: self.buckets * S::WAYS, ..Census::default() };
        for index in 0..census.slots {
            let counted = match Control::read(machine.load(self.control(index))).state {
                State::Free => &mut census.free,
                State::Claiming(_) => &mut census.claiming,
                State::Announced(_) => &mut census.announced,
                State::Live(_) => &mut census.used,
            };
            *counted += 1;
        }
        census
    }
}
