//! Where single use and limits are kept, as far as a session and its record remember it.

use crate::limits::Key;
use crate::replay::SlotRef;

/// What is remembered for one kind of store.
pub trait Home {
    /// Where a session's window and limit are.
    type Place: Clone;
    /// How the limits call an account or a tenant.
    type Name;
}

/// In a table of this host.
#[derive(Debug)]
pub enum InTable {}

/// In a store that finds windows and limits by their names.
#[derive(Debug)]
pub enum Elsewhere {}

/// A session's place in a table.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Of its window.
    pub slot: SlotRef,
    /// In seconds of the table, the overlap included.
    pub ends: u64,
    /// Of the session's limit.
    pub limit: Key,
}

impl Home for InTable {
    type Place = Placed;
    type Name = Key;
}

impl Home for Elsewhere {
    type Place = ();
    type Name = ();
}
