//! Rate limits: GCRA over several keys in one call, exact across processes.
//!
//! For every key and every pair of times, `admitted(t1, t2) <= burst + rate * (t2 - t1)`: no lock, no lease,
//! no exception for a burst of workers. An entry is one atomic word (see `cell`), its life is in `entries`.

mod cell;
pub(crate) mod entries;
mod policy;
mod ticks;
mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use policy::{Policy, PolicyError};

use crate::table::header::{POLICIES, POLICIES_MOST, SHARED_ENTRIES};
use crate::table::machine::Cells;
use crate::table::{Table, View};
use entries::{Debit, Identity, Outcome};
use told::Lines;

/// What a key is the name of. The order is that of the debits of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The caller's address; IPv6 by its /64.
    Address,
    /// A session.
    Session,
    /// A person, device or game key.
    Account,
    /// A tenant.
    Tenant,
    /// A class of routes of one of the above.
    Route,
    /// What a stranger says he is: a name at a sign-in, a code at a pairing. It takes no room from what is proven.
    Claim,
}

/// A key of the limits: a hash of a name under a secret of the table. Worth keeping beside a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    hash: u128,
    proven: bool,
}

/// A policy by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PolicyId(pub u8);

/// What was decided, with the facts for the headers of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the request may go on. If not, nothing was charged for it.
    pub admitted: bool,
    /// The policy that refused, or the one that leaves the fewest requests.
    pub policy: PolicyId,
    /// Requests that it allows at once.
    pub limit: u32,
    /// Requests that it would still allow now.
    pub remaining: u32,
    /// Until it allows `limit` again.
    pub reset_millis: u64,
    /// Until it allows one more; 0 where it does now.
    pub retry_after_millis: u64,
    /// The policies in shadow that would have refused, one bit each.
    pub shadowed: u32,
}

/// The policies of a process, over a table that it may share.
#[derive(Debug)]
pub struct Limits {
    table: Arc<Table>,
    policies: Box<[Policy]>,
    lines: Box<[Lines]>,
    shadowed_addresses: AtomicU64,
}

/// More debits in one call are a mistake; the rest of them would not be charged.
pub const DEBITS_MOST: usize = 16;

impl Limits {
    /// Limits by `policies`. All processes of a table must give the same.
    pub fn new(table: Arc<Table>, policies: Vec<Policy>) -> Result<Self, PolicyError> {
        if !(1..=POLICIES_MOST).contains(&policies.len()) {
            return Err(PolicyError::Number { found: policies.len(), most: POLICIES_MOST });
        }
        for (at, policy) in policies.iter().enumerate() {
            if policies[..at].iter().any(|other| other.name() == policy.name()) {
                return Err(PolicyError::Twice(policy.name().into()));
            }
        }
        let digest = digest(&policies);
        let view = table.view();
        if !view.swap_if(POLICIES, 0, digest) && view.load(POLICIES) != digest {
            return Err(PolicyError::Differ);
        }
        let lines = policies.iter().map(Lines::of).collect();
        Ok(Self { table, policies: policies.into(), lines, shadowed_addresses: AtomicU64::new(0) })
    }

    /// The key of `name` in `dimension`.
    #[must_use]
    pub fn key(&self, dimension: Dimension, name: &[u8]) -> Key {
        let mut hasher = blake3::Hasher::new_keyed(&self.table.header().secret);
        hasher.update(b"limit").update(&[dimension as u8]).update(name);
        let mut hash = [0; 16];
        hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        let proven = !matches!(dimension, Dimension::Address | Dimension::Claim);
        Key { hash: u128::from_le_bytes(hash), proven }
    }

    /// The table that they count in.
    #[must_use]
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The policies.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The limit of an address is in shadow, and would have refused a signed request.
    pub(crate) fn note_shadowed_address(&self) {
        self.shadowed_addresses.fetch_add(1, Ordering::Relaxed);
    }

    /// How many signed requests of this process the limit of their address would have refused, were it not in
    /// shadow. It is asked before anything is proven, so no verdict tells it.
    #[must_use]
    pub fn shadowed_addresses(&self) -> u64 {
        self.shadowed_addresses.load(Ordering::Relaxed)
    }

    /// The policy of that name.
    #[must_use]
    pub fn policy(&self, name: &str) -> Option<PolicyId> {
        let at = self.policies.iter().position(|policy| policy.name() == name)?;
        u8::try_from(at).ok().map(PolicyId)
    }

    /// The lines that tell of a decision in the head of an answer, each with its end; none of a policy that is not there.
    #[must_use]
    pub fn told(&self, decision: &Decision) -> String {
        self.lines.get(usize::from(decision.policy.0)).map_or_else(String::new, |lines| lines.with(decision))
    }

    /// Ask for the memory that [`Limits::check`] of the same debits will read, and go on at once. Worth it before
    /// work that takes half a microsecond, such as the hash of a body. It reads and tells nothing.
    #[inline]
    pub fn warm(&self, debits: &[(Key, PolicyId)]) {
        let view = self.table.view();
        for (key, id) in debits {
            self.table.plan().limits.warm(&view, key.under(*id));
        }
    }

    /// Charge one request to each key, in the order given. The first that refuses ends it, and what was
    /// charged before is taken back, unless somebody charged the same entry in between.
    ///
    /// A list without debits, with more than `DEBITS_MOST` or with a policy that is not there is a mistake
    /// of the caller, and refused.
    #[must_use]
    pub fn check(&self, debits: &[(Key, PolicyId)]) -> Decision {
        let view = self.table.view();
        let mut charged = Charged { view, debits: [None; DEBITS_MOST] };
        let mut tightest: Option<Decision> = None;
        let mut shadowed = 0;
        if debits.len() > DEBITS_MOST {
            return Decision::mistake();
        }
        for ((key, id), slot) in debits.iter().zip(0..) {
            let Some(policy) = self.policies.get(usize::from(id.0)) else {
                charged.take_back();
                return Decision::mistake();
            };
            let whose = key.under(*id);
            let outcome = self.table.plan().limits.charge(&view, whose, policy, shared_entry(*id, whose));
            let decision = Decision::new(policy, *id, outcome);
            match outcome {
                Outcome::Charged { debit, .. } => charged.debits[slot] = Some(debit),
                Outcome::Over { .. } if policy.is_shadow() => shadowed |= 1 << id.0,
                Outcome::Over { .. } => {
                    charged.take_back();
                    return Decision { shadowed, ..decision };
                }
            }
            // A policy in shadow tells nobody to slow down.
            if !policy.is_shadow() && tightest.is_none_or(|other| decision.remaining < other.remaining) {
                tightest = Some(decision);
            }
        }
        let all_in_shadow = || debits.first().map(|(_, id)| Decision::unlimited(*id));
        tightest
            .or_else(all_in_shadow)
            .map_or_else(Decision::mistake, |decision| Decision { shadowed, ..decision })
    }

    /// As two calls of [`Limits::check`], the second only after the first has admitted: a refusal by the second gives
    /// nothing of the first back. The tighter of the two is told.
    #[must_use]
    pub fn check_in_turn(&self, first: &[(Key, PolicyId)], then: Option<&[(Key, PolicyId)]>) -> Decision {
        let met = self.check(first);
        let Some(then) = then.filter(|_| met.admitted) else { return met };
        let charged = self.check(then);
        let told = if charged.admitted && met.remaining <= charged.remaining { met } else { charged };
        Decision { shadowed: met.shadowed | charged.shadowed, ..told }
    }
}

/// What one call has charged so far.
struct Charged<'a> {
    view: View<'a>,
    debits: [Option<Debit>; DEBITS_MOST],
}

impl Charged<'_> {
    /// The last first.
    fn take_back(&self) {
        for debit in self.debits.iter().rev().flatten() {
            entries::refund(&self.view, *debit);
        }
    }
}

impl Key {
    /// One key has an entry for each policy that it is charged under.
    fn under(self, policy: PolicyId) -> Identity {
        /// The golden ratio's digits, odd: policies lie far apart.
        const APART: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let hash = self.hash.wrapping_add(APART.wrapping_mul(u128::from(policy.0) + 1));
        Identity { hash, proven: self.proven }
    }
}

impl Decision {
    fn new(policy: &Policy, id: PolicyId, outcome: Outcome) -> Self {
        let (admitted, debt) = match outcome {
            Outcome::Charged { debt, .. } => (true, debt),
            Outcome::Over { debt } => (false, debt),
        };
        let left = policy.tolerance().saturating_sub(debt) / policy.cost();
        let wait = (debt + policy.cost()).saturating_sub(policy.tolerance());
        Self {
            admitted,
            policy: id,
            limit: policy.burst(),
            remaining: u32::try_from(left).unwrap_or(u32::MAX),
            reset_millis: ticks::to_millis(debt),
            retry_after_millis: ticks::to_millis(wait),
            shadowed: 0,
        }
    }

    /// No policy speaks for the caller to see.
    fn unlimited(id: PolicyId) -> Self {
        let (limit, remaining) = (u32::MAX, u32::MAX);
        Self {
            admitted: true,
            policy: id,
            limit,
            remaining,
            reset_millis: 0,
            retry_after_millis: 0,
            shadowed: 0,
        }
    }

    fn mistake() -> Self {
        Self { admitted: false, limit: 0, remaining: 0, ..Self::unlimited(PolicyId(u8::MAX)) }
    }
}

/// The cell of those that find no room: strangers charge another one than the proven.
fn shared_entry(policy: PolicyId, whose: Identity) -> usize {
    SHARED_ENTRIES + usize::from(policy.0) * 2 + usize::from(whose.proven)
}

/// Never 0, which stands for no policies yet.
fn digest(policies: &[Policy]) -> u64 {
    let agreed: Vec<u8> = policies.iter().flat_map(Policy::agreed).collect();
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(&agreed).as_bytes()[..8]);
    u64::from_le_bytes(first).max(1)
}

#[cfg(test)]
mod tests;
