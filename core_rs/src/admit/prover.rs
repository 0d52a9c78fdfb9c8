//! The checks before a store that is elsewhere: it keeps windows, limits and the count of revocations.
//!
//! What is told here is right as far as a worker can know. The store has the last word on three things: whether the
//! session is of its life and has a window, whether its record was loaded after the last revocation, and the number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::door::{Door, Shown, is_signed, permit, takes};
use super::home::Elsewhere;
use super::known::{Claim, Session};
use super::{Ask, Caller, Head, Masters, Proven, Record, Refusal, Waiting};
use crate::keys::names::KeyId;
use crate::keys::{Key, SessionUse};
use crate::limits::{Limits, PolicyId};
use crate::mac::MacKey;

/// One worker's gate before a store that is elsewhere.
pub struct Prover<Principal> {
    door: Door<Principal, Elsewhere>,
}

type Refused<Principal> = Refusal<Principal, Elsewhere>;

impl<Principal> Prover<Principal> {
    /// `remembered` sessions are kept ready in this worker. The limits count addresses, and nothing else.
    #[must_use]
    pub fn new(limits: Arc<Limits>, address: PolicyId, masters: Masters, remembered: usize) -> Self {
        Self { door: Door::new(limits, address, masters, remembered) }
    }

    /// Everything but the store's part, for a body of at most [`ONE_CALL_BYTES`](super::ONE_CALL_BYTES).
    pub fn prove(
        &self,
        ask: &Ask<'_>,
        body: &[u8],
    ) -> Result<Proven<Principal, Elsewhere>, Refused<Principal>> {
        takes(body)?;
        signed(self.prove_head(ask)?, body)
    }

    /// The same without a body.
    pub fn prove_head(&self, ask: &Ask<'_>) -> Result<Proven<Principal, Elsewhere>, Refused<Principal>> {
        let head = ask.wire.and_then(Head::parse).map_err(Refusal::Malformed)?;
        let claim = Claim { number: head.number, digest: head.digest, demand: ask.demand };
        match self.door.show(&head, ask)? {
            Shown::Known(remembered) => permit(remembered, claim),
            Shown::New(key, since) => {
                let session = Box::new(Session { key_id: head.key_id, key, since, place: () });
                Err(Refusal::NeedRecord(Waiting { session, generation: 0, claim }))
            }
        }
    }

    /// Go on with a record that was loaded when the store's revocations stood at `generation`, or later.
    pub fn put_record(
        &self,
        waiting: &Waiting<Elsewhere>,
        record: Record<Principal, ()>,
    ) -> Proven<Principal, Elsewhere> {
        self.door.put_record(waiting, record)
    }

    /// A proven head with what is known of its session by now.
    pub fn recheck(
        &self,
        proven: &Proven<Principal, Elsewhere>,
    ) -> Result<Proven<Principal, Elsewhere>, Refused<Principal>> {
        let Caller(own) = &proven.caller;
        let newer = self.door.newer(own);
        // One that was put in and left again is no newer than what is in hand.
        let latest = if newer.entry.generation > own.entry.generation { newer } else { Arc::clone(own) };
        permit(latest, proven.claim)
    }

    /// The head once more, then the body against its digest.
    pub fn prove_body(
        &self,
        proven: &Proven<Principal, Elsewhere>,
        body: &[u8],
    ) -> Result<Proven<Principal, Elsewhere>, Refused<Principal>> {
        signed(self.recheck(proven)?, body)
    }

    /// The store says that the session has no window in its life: forget it.
    pub fn forget(&self, key_id: KeyId) {
        self.door.over(key_id);
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

    /// The limits, for policies by name.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.door.limits()
    }

    /// How many sessions this worker keeps ready.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.door.remembered()
    }
}

impl Waiting<Elsewhere> {
    /// The same, with what the store's revocations stood at when it was asked for the session.
    #[must_use]
    pub fn at(&self, generation: u64) -> Self {
        Self { session: self.session.clone(), generation, claim: self.claim }
    }
}

impl<Principal> Proven<Principal, Elsewhere> {
    /// Where the store's revocations stood before the record was loaded.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.caller.0.entry.generation
    }

    /// The store's revocations stand elsewhere by now: the record has to be loaded again.
    #[must_use]
    pub fn outdated(&self, generation: u64) -> Waiting<Elsewhere> {
        let session = Box::new(self.caller.0.entry.session.clone());
        Waiting { session, generation, claim: self.claim }
    }
}

fn signed<Principal>(
    proven: Proven<Principal, Elsewhere>,
    body: &[u8],
) -> Result<Proven<Principal, Elsewhere>, Refused<Principal>> {
    if is_signed(body, &proven.claim) { Ok(proven) } else { Err(Refusal::WrongDigest(proven.caller)) }
}
