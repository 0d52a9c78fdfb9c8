//! The checks that need no memory but a worker's own: the address's limit, MAC, freshness, scopes, digest.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::home::Home;
use super::known::{Claim, Known, Session};
use super::masters::Since;
use super::sessions::{Kept, Sessions};
use super::{
    Ask, Caller, FRESH_SECONDS, Head, Masters, ONE_CALL_BYTES, Proven, Record, Refusal, Waiting, address,
};
use crate::hashing::sha256;
use crate::keys::names::KeyId;
use crate::keys::{Key, SessionUse};
use crate::limits::{Dimension, Limits, PolicyId};
use crate::mac::MacKey;

/// What one worker knows of masters and sessions.
pub(super) struct Door<Principal, H: Home> {
    limits: Arc<Limits>,
    address: PolicyId,
    masters: RwLock<Masters>,
    /// Held for a look-up or an insert, never while a key is derived or a MAC is made.
    sessions: Mutex<Sessions<Known<Principal, H>>>,
}

pub(super) type Remembered<Principal, H> = Arc<Kept<Known<Principal, H>>>;

/// Who has shown a right MAC in time.
pub(super) enum Shown<Principal, H: Home> {
    Known(Remembered<Principal, H>),
    New(MacKey, Since),
}

impl<Principal, H: Home> Door<Principal, H> {
    pub fn new(limits: Arc<Limits>, address: PolicyId, masters: Masters, remembered: usize) -> Self {
        let sessions = Mutex::new(Sessions::new(remembered));
        Self { limits, address, masters: RwLock::new(masters), sessions }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The address's limit, then MAC and freshness.
    pub fn show(&self, head: &Head<'_>, ask: &Ask<'_>) -> Result<Shown<Principal, H>, Refusal<Principal, H>> {
        let address = self.limits.key(Dimension::Address, &address::limit_name(ask.address));
        let limit = self.limits.check(&[(address, self.address)]);
        if !limit.admitted {
            return Err(Refusal::AddressLimited(limit));
        }
        if limit.shadowed != 0 {
            self.limits.note_shadowed_address();
        }
        let key_id = head.key_id;
        let fresh = head.created.abs_diff(ask.now) <= FRESH_SECONDS;
        // One of another life of the store has another key.
        let remembered = self.sessions().get(&key_id.sid).filter(|kept| kept.entry.session.key_id == key_id);
        if let Some(remembered) = remembered {
            if !proves(&remembered.entry.session.key, head) {
                // A session that nobody knows would have cost this too.
                black_box(self.key_of(key_id, SessionUse::Request));
                return Err(Refusal::NotProven);
            }
            remembered.touch();
            return if fresh { Ok(Shown::Known(remembered)) } else { Err(Refusal::Stale(key_id)) };
        }
        let (key, since) = self.key_of(key_id, SessionUse::Request);
        let right = proves(&key, head);
        let Some(since) = since.filter(|_| right) else { return Err(Refusal::NotProven) };
        if fresh { Ok(Shown::New(key, since)) } else { Err(Refusal::Stale(key_id)) }
    }

    /// Remember a session with its record.
    pub fn put_record(
        &self,
        waiting: &Waiting<H>,
        record: Record<Principal, H::Name>,
    ) -> Proven<Principal, H> {
        let Waiting { session, generation, claim } = waiting;
        let known = Known { session: Session::clone(session), record, generation: *generation };
        let remembered = Arc::new(Kept::new(known));
        let sid = session.key_id.sid;
        let masters = self.masters.read().unwrap_or_else(PoisonError::into_inner);
        // A version that was dropped since then lets this request finish and is not remembered.
        let current = masters.since(sid.master_version()) == Some(session.since);
        let gone = current.then(|| self.sessions().insert(sid, Arc::clone(&remembered)));
        drop(masters);
        drop(gone);
        Proven { caller: Caller(remembered), claim: *claim }
    }

    /// What is remembered of the session by now: another request of it may have brought its record up to date.
    pub fn newer(&self, own: &Remembered<Principal, H>) -> Remembered<Principal, H> {
        let key_id = own.entry.session.key_id;
        let found = self.sessions().get(&key_id.sid).filter(|kept| kept.entry.session.key_id == key_id);
        found.unwrap_or_else(|| Arc::clone(own))
    }

    /// Take other master keys. Sessions of versions that keep theirs go on, the others are over.
    pub fn replace_masters(&self, versions: BTreeMap<u8, Key>) {
        let mut masters = self.masters.write().unwrap_or_else(PoisonError::into_inner);
        masters.replace(versions);
        let dropped = |known: &Known<Principal, H>| {
            masters.since(known.session.key_id.sid.master_version()) != Some(known.session.since)
        };
        let gone = self.sessions().remove_where(dropped);
        drop(masters);
        drop(gone);
    }

    /// A key of a session; none where its master key is not in use.
    pub fn session_mac(&self, key_id: KeyId, used_for: SessionUse) -> Option<MacKey> {
        let (key, since) = self.key_of(key_id, used_for);
        since.map(|_| key)
    }

    pub fn remembered(&self) -> usize {
        self.sessions().len()
    }

    /// Forget a session whose time is over.
    pub fn over(&self, key_id: KeyId) -> Refusal<Principal, H> {
        let gone = self.sessions().remove(&key_id.sid);
        drop(gone);
        Refusal::Epoch(key_id)
    }

    fn key_of(&self, key_id: KeyId, used_for: SessionUse) -> (MacKey, Option<Since>) {
        self.masters.read().unwrap_or_else(PoisonError::into_inner).key_of(key_id, used_for)
    }

    // A panic while this or `masters` was held leaves it whole: entries and versions are put in by one move.
    fn sessions(&self) -> MutexGuard<'_, Sessions<Known<Principal, H>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the record lets the request in, as far as it was loaded in time.
pub(super) fn permit<Principal, H: Home>(
    remembered: Remembered<Principal, H>,
    claim: Claim,
) -> Result<Proven<Principal, H>, Refusal<Principal, H>> {
    let record = &remembered.entry.record;
    if record.revoked {
        return Err(Refusal::Revoked(Caller(remembered)));
    }
    if record.scopes & claim.demand.scopes != claim.demand.scopes {
        return Err(Refusal::OutOfScope(Caller(remembered)));
    }
    Ok(Proven { caller: Caller(remembered), claim })
}

/// Whether a body is one for the one call.
pub(super) fn takes<Principal, H: Home>(body: &[u8]) -> Result<(), Refusal<Principal, H>> {
    if body.len() > ONE_CALL_BYTES { Err(Refusal::TooLarge) } else { Ok(()) }
}

/// Whether the body is the one that was signed.
#[inline]
pub(super) fn is_signed(body: &[u8], claim: &Claim) -> bool {
    sha256(body) == claim.digest
}

fn proves(key: &MacKey, head: &Head<'_>) -> bool {
    head.with_base(|parts| key.verify(parts, &head.tag))
}
