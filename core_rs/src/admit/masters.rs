//! The master keys in use, by version.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::keys::names::KeyId;
use crate::keys::{self, Key, SessionUse};
use crate::mac::{LENGTH, MacKey};

/// Every version that a live session may name, and the bridge that they belong to.
pub struct Masters {
    bridge_id: [u8; 16],
    versions: BTreeMap<u8, Master>,
    /// Stands in for a version that does not exist, so that its refusal costs what a wrong MAC costs.
    nobody: Key,
    replacements: u64,
}

struct Master {
    key: Key,
    since: Since,
}

/// Which replacement brought a version's key. A version that goes and comes back is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Since(u64);

impl Masters {
    /// `nobody` must be random: it is the key of the sessions that do not exist.
    #[must_use]
    pub fn new(bridge_id: [u8; 16], versions: BTreeMap<u8, Key>, nobody: [u8; LENGTH]) -> Self {
        let nobody = Zeroizing::new(nobody);
        let mut masters = Self { bridge_id, versions: BTreeMap::new(), nobody, replacements: 0 };
        masters.replace(versions);
        masters
    }

    /// A key of a session, ready for MACs; of a version that exists only where it says since when.
    ///
    /// The work is the same for every key id.
    pub(super) fn key_of(&self, key_id: KeyId, used_for: SessionUse) -> (MacKey, Option<Since>) {
        let known = self.versions.get(&key_id.sid.master_version());
        let master = known.map_or(&self.nobody, |master| &master.key);
        let session = keys::session_key(master, &self.bridge_id, &key_id.sid, key_id.epoch);
        (MacKey::new(&*keys::session_use(&session, used_for)), known.map(|master| master.since))
    }

    /// Since when a version has its key.
    pub(super) fn since(&self, version: u8) -> Option<Since> {
        self.versions.get(&version).map(|master| master.since)
    }

    /// Take these versions instead; one that keeps its key stays what it was.
    pub(super) fn replace(&mut self, versions: BTreeMap<u8, Key>) {
        self.replacements += 1;
        let new = Since(self.replacements);
        let old = std::mem::take(&mut self.versions);
        self.versions.extend(versions.into_iter().map(|(version, key)| {
            let same = old.get(&version).filter(|master| master.key == key);
            (version, Master { since: same.map_or(new, |master| master.since), key })
        }));
    }
}
