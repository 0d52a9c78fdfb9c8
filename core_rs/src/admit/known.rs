//! What a worker knows of a session, and how a request that showed its MAC goes on from step to step.

use std::fmt;
use std::sync::Arc;

use super::home::{Home, InTable};
use super::masters::Since;
use super::sessions::Kept;
use crate::keys::names::KeyId;
use crate::limits::{Decision, Key, PolicyId};
use crate::mac::{LENGTH, MacKey};

/// What the caller knows of a session; loaded once per session, worker and revocation.
#[derive(Debug)]
pub struct Record<Principal, Name = Key> {
    /// Handed back with every request of the session; the core does not look into it.
    pub principal: Principal,
    /// One bit per scope.
    pub scopes: u64,
    /// Ended by somebody who may.
    pub revoked: bool,
    /// The key of the account's limit.
    pub account: Name,
    /// The key of the tenant's limit.
    pub tenant: Name,
}

/// What a route demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The policy that limits the route's class, charged per session.
    pub class: PolicyId,
    /// The scopes that the session must have, all of them.
    pub scopes: u64,
}

/// A session that showed a right MAC.
#[derive(Clone)]
pub(super) struct Session<Place> {
    pub key_id: KeyId,
    pub key: MacKey,
    /// Of the master key that the key is from.
    pub since: Since,
    pub place: Place,
}

/// A session and its record. It never changes: a newer record makes a new one.
pub(super) struct Known<Principal, H: Home> {
    pub session: Session<H::Place>,
    pub record: Record<Principal, H::Name>,
    /// Where the store's revocations stood before the record was loaded.
    pub generation: u64,
}

/// What a proven head says, beside whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub number: u32,
    pub digest: [u8; LENGTH],
    pub demand: Demand,
}

/// Whose request it is, once its MAC was right and its record there.
pub struct Caller<Principal, H: Home = InTable>(pub(super) Arc<Kept<Known<Principal, H>>>);

impl<Principal, H: Home> Caller<Principal, H> {
    /// The session, and the life of the store that it is of.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.0.entry.session.key_id
    }

    /// What was loaded of it.
    #[must_use]
    pub fn record(&self) -> &Record<Principal, H::Name> {
        &self.0.entry.record
    }
}

/// A proven head of a session whose record is not here, or may be out of date. Nothing is spent yet.
pub struct Waiting<H: Home = InTable> {
    pub(super) session: Box<Session<H::Place>>,
    pub(super) generation: u64,
    pub(super) claim: Claim,
}

impl<H: Home> Waiting<H> {
    /// Whose record is needed.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.session.key_id
    }
}

/// A proven head whose body may come. Nothing is spent yet but the address's limit.
#[derive(Debug)]
pub struct Proven<Principal, H: Home = InTable> {
    pub(super) caller: Caller<Principal, H>,
    pub(super) claim: Claim,
}

impl<Principal, H: Home> Proven<Principal, H> {
    /// Whose it is.
    #[must_use]
    pub fn caller(&self) -> &Caller<Principal, H> {
        &self.caller
    }

    /// The number that the body will spend.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.claim.number
    }

    /// What the route demands.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.claim.demand
    }
}

/// A request that is let in; its number is spent.
#[derive(Debug)]
pub struct Admitted<Principal> {
    /// Whose it is.
    pub caller: Caller<Principal>,
    /// The number that was spent.
    pub number: u32,
    /// The tightest limit, for the headers of the answer.
    pub limit: Decision,
}

// Keys and principals have no place in a log.
impl<Principal, H: Home> fmt::Debug for Caller<Principal, H> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Caller({})", self.key_id())
    }
}

impl<H: Home> fmt::Debug for Waiting<H> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Waiting({})", self.key_id())
    }
}
