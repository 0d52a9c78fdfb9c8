//! The checks over a table, in their order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::door::{Door, Remembered, Shown, is_signed, permit, takes};
use super::home::{InTable, Placed};
use super::known::{Claim, Known, Session};
use super::{Admitted, Ask, Caller, Head, Masters, Policies, Proven, Record, Refusal, Waiting};
use crate::keys::names::KeyId;
use crate::keys::{Key, SessionUse};
use crate::limits::{Dimension, Limits};
use crate::mac::MacKey;
use crate::replay::Verdict;
use crate::table::Table;

/// One worker's gate over the table that all workers of the host share.
pub struct Gate<Principal> {
    table: Arc<Table>,
    policies: Policies,
    door: Door<Principal, InTable>,
}

impl<Principal> Gate<Principal> {
    /// `remembered` sessions are kept ready in this worker.
    #[must_use]
    pub fn new(limits: Arc<Limits>, policies: Policies, masters: Masters, remembered: usize) -> Self {
        let table = Arc::clone(limits.table());
        Self { table, policies, door: Door::new(limits, policies.address, masters, remembered) }
    }

    /// Everything in one call, for a body of at most [`ONE_CALL_BYTES`](super::ONE_CALL_BYTES).
    pub fn admit(&self, ask: &Ask<'_>, body: &[u8]) -> Result<Admitted<Principal>, Refusal<Principal>> {
        takes(body)?;
        let Proven { caller, claim } = self.admit_head(ask)?;
        self.spend(caller, &claim, body)
    }

    /// Everything that needs no body; spends nothing but the address's limit.
    pub fn admit_head(&self, ask: &Ask<'_>) -> Result<Proven<Principal>, Refusal<Principal>> {
        let head = ask.wire.and_then(Head::parse).map_err(Refusal::Malformed)?;
        // The memory of the window comes while the MAC is checked.
        self.table.warm(&head.key_id.sid.random(), head.number);
        let claim = Claim { number: head.number, digest: head.digest, demand: ask.demand };
        match self.door.show(&head, ask)? {
            Shown::Known(remembered) => self.judge(remembered, claim),
            Shown::New(key, since) => {
                let place = self.place(head.key_id).ok_or(Refusal::Epoch(head.key_id))?;
                let session = Box::new(Session { key_id: head.key_id, key, since, place });
                Err(Refusal::NeedRecord(Waiting { session, generation: self.table.revocations(), claim }))
            }
        }
    }

    /// Go on with the record that `NeedRecord` asked for; whether it lets the request in is told by the next step.
    ///
    /// The record must have been loaded after `waiting` was received: what is withdrawn meanwhile is noticed.
    pub fn put_record(&self, waiting: &Waiting, record: Record<Principal>) -> Proven<Principal> {
        self.door.put_record(waiting, record)
    }

    /// Whether a proven head is still good: after `put_record`, and after a body that took its time.
    pub fn recheck(&self, proven: &Proven<Principal>) -> Result<Proven<Principal>, Refusal<Principal>> {
        let Caller(own) = &proven.caller;
        let current = own.entry.generation == self.table.revocations();
        self.judge(if current { Arc::clone(own) } else { self.door.newer(own) }, proven.claim)
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
        self.door.replace_masters(versions);
    }

    /// A key of a session, for answers and streams; none where its master key is not in use.
    #[must_use]
    pub fn session_mac(&self, key_id: KeyId, used_for: SessionUse) -> Option<MacKey> {
        self.door.session_mac(key_id, used_for)
    }

    /// The limits, for keys and policies by name.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.door.limits()
    }

    /// How many sessions this worker keeps ready.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.door.remembered()
    }

    /// Where a session of this life of the table has its window.
    fn place(&self, key_id: KeyId) -> Option<Placed> {
        let here = key_id.epoch == self.table.epoch();
        let found = if here { self.table.lookup(&key_id.sid.random()) } else { None }?;
        let limit = self.limits().key(Dimension::Session, key_id.sid.as_bytes());
        Some(Placed { slot: found.slot, ends: found.ends, limit })
    }

    fn judge(
        &self,
        remembered: Remembered<Principal, InTable>,
        claim: Claim,
    ) -> Result<Proven<Principal>, Refusal<Principal>> {
        let Known { session, generation, .. } = &remembered.entry;
        if self.table.seconds() >= session.place.ends {
            return Err(self.door.over(session.key_id));
        }
        let revocations = self.table.revocations();
        if *generation != revocations {
            let waiting = Waiting { session: Box::new(session.clone()), generation: revocations, claim };
            return Err(Refusal::NeedRecord(waiting));
        }
        permit(remembered, claim)
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
            (session.place.limit, self.policies.session),
            (record.account, self.policies.account),
            (record.tenant, self.policies.tenant),
            (session.place.limit, claim.demand.class),
        ];
        // The memory of the limits comes while the body is hashed.
        self.limits().warm(&debits);
        if !is_signed(body, claim) {
            return Err(Refusal::WrongDigest(caller));
        }
        match self.table.accept(session.place.slot, number) {
            Verdict::Fresh => {}
            Verdict::Replayed { next } | Verdict::TooOld { next } => {
                return Err(Refusal::Replayed { caller, next });
            }
            // By itself; its record says the same, for those that do not remember it.
            Verdict::Ended => return Err(Refusal::Revoked(caller)),
            // The slot went to another session.
            Verdict::Gone | Verdict::TooFar => return Err(self.door.over(session.key_id)),
        }
        let limit = self.limits().check(&debits);
        if limit.admitted {
            Ok(Admitted { caller, number, limit })
        } else {
            Err(Refusal::Limited(caller, limit))
        }
    }
}
