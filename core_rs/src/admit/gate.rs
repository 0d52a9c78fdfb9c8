//! The checks themselves, in their order.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::known::{Claim, Known, Session};
use super::masters::Since;
use super::sessions::{Kept, Sessions};
use super::{
    Admitted, Ask, Caller, FRESH_SECONDS, Head, Masters, ONE_CALL_BYTES, Policies, Proven, Record, Refusal,
    Waiting, address,
};
use crate::hashing::sha256;
use crate::keys::names::KeyId;
use crate::keys::{Key, SessionUse};
use crate::limits::{Dimension, Limits};
use crate::mac::MacKey;
use crate::replay::Verdict;
use crate::table::Table;

/// One worker's gate over the table that all workers of the host share.
pub struct Gate<Principal> {
    table: Arc<Table>,
    limits: Arc<Limits>,
    policies: Policies,
    masters: RwLock<Masters>,
    /// Held for a look-up or an insert, never while a key is derived or a MAC is made.
    sessions: Mutex<Sessions<Known<Principal>>>,
}

type Remembered<Principal> = Arc<Kept<Known<Principal>>>;

/// Who has shown a right MAC.
enum Shown<Principal> {
    Known(Remembered<Principal>),
    New(Box<Session>),
}

impl<Principal> Gate<Principal> {
    /// `remembered` sessions are kept ready in this worker.
    #[must_use]
    pub fn new(limits: Arc<Limits>, policies: Policies, masters: Masters, remembered: usize) -> Self {
        let table = Arc::clone(limits.table());
        let sessions = Mutex::new(Sessions::new(remembered));
        Self { table, limits, policies, masters: RwLock::new(masters), sessions }
    }

    /// Everything in one call, for a body of at most [`ONE_CALL_BYTES`].
    pub fn admit(&self, ask: &Ask<'_>, body: &[u8]) -> Result<Admitted<Principal>, Refusal<Principal>> {
        if body.len() > ONE_CALL_BYTES {
            return Err(Refusal::TooLarge);
        }
        let Proven { caller, claim } = self.admit_head(ask)?;
        self.spend(caller, &claim, body)
    }

    /// Everything that needs no body; spends nothing but the address's limit.
    pub fn admit_head(&self, ask: &Ask<'_>) -> Result<Proven<Principal>, Refusal<Principal>> {
        let head = ask.wire.and_then(Head::parse).map_err(Refusal::Malformed)?;
        // The memory of the window comes while the MAC is checked.
        self.table.warm(&head.key_id.sid.random(), head.number);
        let address = self.limits.key(Dimension::Address, &address::limit_name(ask.address));
        let limit = self.limits.check(&[(address, self.policies.address)]);
        if !limit.admitted {
            return Err(Refusal::AddressLimited(limit));
        }
        let claim = Claim { number: head.number, digest: head.digest, demand: ask.demand };
        match self.prove(&head, ask.now)? {
            Shown::Known(remembered) => self.judge(remembered, claim),
            Shown::New(session) => {
                Err(Refusal::NeedRecord(Waiting { session, generation: self.table.revocations(), claim }))
            }
        }
    }

    /// Go on with the record that `NeedRecord` asked for; whether it lets the request in is told by the next step.
    ///
    /// The record must have been loaded after `waiting` was received: what is withdrawn meanwhile is noticed.
    pub fn put_record(&self, waiting: &Waiting, record: Record<Principal>) -> Proven<Principal> {
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

    /// Whether a proven head is still good: after `put_record`, and after a body that took its time.
    pub fn recheck(&self, proven: &Proven<Principal>) -> Result<Proven<Principal>, Refusal<Principal>> {
        let Caller(own) = &proven.caller;
        let newer = if own.entry.generation == self.table.revocations() {
            None
        } else {
            // Another request of the session may have brought its record up to date.
            self.sessions().get(&own.entry.session.key_id.sid)
        };
        self.judge(newer.unwrap_or_else(|| Arc::clone(own)), proven.claim)
    }

    /// The rest: the head once more, the body against its digest, the number against the window, the limits.
    pub fn admit_body(
        &self,
        proven: &Proven<Principal>,
        body: &[u8],
    ) -> Result<Admitted<Principal>, Refusal<Principal>> {
        let Proven { caller, claim } = self.recheck(proven)?;
        self.spend(caller, &claim, body)
    }

    /// Take other master keys. Sessions of versions that keep theirs go on, the others are over.
    pub fn replace_masters(&self, versions: BTreeMap<u8, Key>) {
        let mut masters = self.masters.write().unwrap_or_else(PoisonError::into_inner);
        masters.replace(versions);
        let dropped = |known: &Known<Principal>| {
            masters.since(known.session.key_id.sid.master_version()) != Some(known.session.since)
        };
        let gone = self.sessions().remove_where(dropped);
        drop(masters);
        drop(gone);
    }

    /// A key of a session, for answers and streams; none where its master key is not in use.
    #[must_use]
    pub fn session_mac(&self, key_id: KeyId, used_for: SessionUse) -> Option<MacKey> {
        let (key, since) = self.key_of(key_id, used_for);
        since.map(|_| key)
    }

    /// The limits, for keys and policies by name.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many sessions this worker keeps ready.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.sessions().len()
    }

    fn prove(&self, head: &Head<'_>, now: i64) -> Result<Shown<Principal>, Refusal<Principal>> {
        let key_id = head.key_id;
        let here = key_id.epoch == self.table.epoch();
        let fresh = head.created.abs_diff(now) <= FRESH_SECONDS;
        let remembered = if here { self.sessions().get(&key_id.sid) } else { None };
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
        if !fresh {
            return Err(Refusal::Stale(key_id));
        }
        let found = if here { self.table.lookup(&key_id.sid.random()) } else { None };
        let found = found.ok_or(Refusal::Epoch(key_id))?;
        let limit = self.limits.key(Dimension::Session, key_id.sid.as_bytes());
        let session = Session { key_id, key, slot: found.slot, ends: found.ends, limit, since };
        Ok(Shown::New(Box::new(session)))
    }

    fn judge(
        &self,
        remembered: Remembered<Principal>,
        claim: Claim,
    ) -> Result<Proven<Principal>, Refusal<Principal>> {
        let Known { session, record, generation } = &remembered.entry;
        if self.table.seconds() >= session.ends {
            return Err(self.over(session.key_id));
        }
        let revocations = self.table.revocations();
        if *generation != revocations {
            let waiting = Waiting { session: Box::new(session.clone()), generation: revocations, claim };
            return Err(Refusal::NeedRecord(waiting));
        }
        if record.revoked {
            return Err(Refusal::Revoked(Caller(remembered)));
        }
        if record.scopes & claim.demand.scopes != claim.demand.scopes {
            return Err(Refusal::OutOfScope(Caller(remembered)));
        }
        Ok(Proven { caller: Caller(remembered), claim })
    }

    fn spend(
        &self,
        caller: Caller<Principal>,
        claim: &Claim,
        body: &[u8],
    ) -> Result<Admitted<Principal>, Refusal<Principal>> {
        let Known { session, record, .. } = &caller.0.entry;
        let number = claim.number;
        let debits = [
            (session.limit, self.policies.session),
            (record.account, self.policies.account),
            (record.tenant, self.policies.tenant),
            (session.limit, claim.demand.class),
        ];
        // The memory of the limits comes while the body is hashed.
        self.limits.warm(&debits);
        if sha256(body) != claim.digest {
            return Err(Refusal::WrongDigest(caller));
        }
        match self.table.accept(session.slot, number) {
            Verdict::Fresh => {}
            Verdict::Replayed { next } | Verdict::TooOld { next } => {
                return Err(Refusal::Replayed { caller, next });
            }
            // The slot went to another session.
            Verdict::Gone | Verdict::TooFar => return Err(self.over(session.key_id)),
        }
        let limit = self.limits.check(&debits);
        if limit.admitted {
            Ok(Admitted { caller, number, limit })
        } else {
            Err(Refusal::Limited(caller, limit))
        }
    }

    /// Forget a session whose time is over.
    fn over(&self, key_id: KeyId) -> Refusal<Principal> {
        let gone = self.sessions().remove(&key_id.sid);
        drop(gone);
        Refusal::Epoch(key_id)
    }

    fn key_of(&self, key_id: KeyId, used_for: SessionUse) -> (MacKey, Option<Since>) {
        self.masters.read().unwrap_or_else(PoisonError::into_inner).key_of(key_id, used_for)
    }

    // A panic while this or `masters` was held leaves it whole: entries and versions are put in by one move.
    fn sessions(&self) -> MutexGuard<'_, Sessions<Known<Principal>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn proves(key: &MacKey, head: &Head<'_>) -> bool {
    head.with_base(|parts| key.verify(parts, &head.tag))
}
