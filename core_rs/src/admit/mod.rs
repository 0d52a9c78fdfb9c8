//! Whether a signed request comes in: caps, parse, the address's limit, MAC, freshness, record, digest, window,
//! limits, in this order.
//!
//! State is touched only by values that a right MAC has proven: a stranger can fill no cache, move no window,
//! and learn nothing about a session from how long a refusal takes. Small bodies take one call (`admit`), large ones two
//! (`admit_head`, then `admit_body`), so that nobody's unproven megabytes are read.
//!
//! A [`Gate`] does all of it over a table; a [`Prover`] does what needs no memory but a worker's own, and leaves the
//! window and the limits to a store that is elsewhere. What both do stands in `door`.
//!
//! What lies between the two calls, or between a `NeedRecord` and its record, is checked again behind it: the
//! session's end, its revocation, its scopes.

mod address;
mod door;
mod fields;
mod gate;
mod head;
mod home;
mod known;
mod masters;
mod prover;
mod sessions;
mod verdict;

pub use fields::Wire;
pub use gate::Gate;
pub use head::{AUTHORITY_BYTES, Head, IDEMPOTENCY_KEY_BYTES, Malformed, TARGET_BYTES};
pub use home::{Elsewhere, Home, InTable, Placed};
pub use known::{Admitted, Caller, Demand, Proven, Record, Waiting};
pub use masters::Masters;
pub use prover::Prover;
pub use verdict::Refusal;

use crate::limits::PolicyId;

/// How far the client's clock may be off, either way.
pub const FRESH_SECONDS: u64 = 60;
/// Bodies up to here take the one call.
pub const ONE_CALL_BYTES: usize = 64 * 1024;

/// Which policy limits what; they are checked in this order.
#[derive(Clone, Copy, Debug)]
pub struct Policies {
    /// Every request of an address, before anything is proven.
    pub address: PolicyId,
    /// Every admitted request of a session.
    pub session: PolicyId,
    /// Every admitted request of the account behind it.
    pub account: PolicyId,
    /// Every admitted request of the tenant.
    pub tenant: PolicyId,
}

/// One request's head, and what is to be held against it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The head as it came: what [`Wire::gather`] gave.
    pub wire: Result<Wire<'a>, Malformed>,
    /// The caller's address.
    pub address: &'a str,
    /// What the route demands.
    pub demand: Demand,
    /// Seconds since 1970 by the bridge's clock; for `created` alone.
    pub now: i64,
}

#[cfg(test)]
mod tests;
