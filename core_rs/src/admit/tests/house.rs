//! A gate with a table, a session that has a window, and a signer of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::admit::{Ask, Caller, Demand, Gate, Masters, Policies, Proven, Record, Refusal, Waiting, Wire};
use crate::hashing::sha256;
use crate::keys::names::{Epoch, KeyId, Sid};
use crate::keys::{self, Key, SessionUse};
use crate::limits::{Dimension, Limits, Policy};
use crate::mac::MacKey;
use crate::table::{Sizes, Table};

pub const BRIDGE: [u8; 16] = [7; 16];
pub const MASTER: [u8; 32] = [9; 32];
pub const NOBODY: [u8; 32] = [0x55; 32];
pub const NOW: i64 = 1_700_000_000;
pub const LIFE_SECONDS: u32 = 900;
pub const EDIT: u64 = 1;
pub const PUBLISH: u64 = 2;

/// What a request came to: its number, or the code of the refusal.
pub type Offered = Result<u32, &'static str>;

pub struct House<Principal = &'static str> {
    pub table: Arc<Table>,
    pub gate: Gate<Principal>,
    pub sid: Sid,
    pub key: MacKey,
}

/// How many of each a test wants, where it is about limits; otherwise more than it asks.
#[derive(Clone, Copy)]
pub struct Bursts {
    pub address: u32,
    pub session: u32,
    pub account: u32,
    pub tenant: u32,
    pub class: u32,
}

impl Default for Bursts {
    fn default() -> Self {
        Self { address: 500, session: 100, account: 400, tenant: 400, class: 400 }
    }
}

/// A signed request, kept in parts so that a test can change any of them.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub authority: String,
    pub target: String,
    pub digest: String,
    pub key: String,
    pub input: String,
    pub signature: String,
    pub body: Vec<u8>,
}

impl Request {
    pub fn wire(&self) -> Wire<'_> {
        Wire {
            method: self.method.as_bytes(),
            authority: self.authority.as_bytes(),
            target: self.target.as_bytes(),
            content_digest: self.digest.as_bytes(),
            idempotency_key: self.key.as_bytes(),
            signature_input: self.input.as_bytes(),
            signature: self.signature.as_bytes(),
        }
    }

    /// The signature base written out once more from the protocol's text, apart from the code under test.
    pub fn sign(&mut self, key: &MacKey, created: i64, keyid: KeyId, number: u32) {
        let write = !matches!(self.method, "GET" | "HEAD");
        let list = if write {
            r#""@method" "@authority" "@path" "@query" "content-digest" "idempotency-key""#
        } else {
            r#""@method" "@authority" "@path" "@query" "content-digest""#
        };
        let params = format!(
            r#"({list});created={created};keyid="{keyid}";nonce="{number}";tag="toolboxai-bridge-1""#
        );
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let key_line = if write { format!("\"idempotency-key\": {}\n", self.key) } else { String::new() };
        let base = format!(
            "\"@method\": {}\n\"@authority\": {}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {}\n{key_line}\"@signature-params\": {params}",
            self.method,
            self.authority.to_lowercase(),
            self.digest
        );
        self.input = format!("tbx={params}");
        self.signature = format!("tbx=:{}:", STANDARD.encode(key.mac(&[base.as_bytes()])));
    }
}

pub fn digest_of(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(body)))
}

pub fn versions(masters: &[(u8, [u8; 32])]) -> BTreeMap<u8, Key> {
    masters.iter().map(|(version, key)| (*version, Zeroizing::new(*key))).collect()
}

pub fn request_key(master: &[u8; 32], key_id: KeyId) -> MacKey {
    let session = keys::session_key(master, &BRIDGE, &key_id.sid, key_id.epoch);
    MacKey::new(&*keys::session_use(&session, SessionUse::Request))
}

pub fn request_by(
    key: &MacKey,
    method: &'static str,
    created: i64,
    key_id: KeyId,
    number: u32,
    body: &[u8],
) -> Request {
    let mut request = Request {
        method,
        authority: "127.0.0.1:8460".into(),
        target: "/v1/edits?project=3".into(),
        digest: digest_of(body),
        key: "0123456789abcdef".into(),
        input: String::new(),
        signature: String::new(),
        body: body.to_vec(),
    };
    request.sign(key, created, key_id, number);
    request
}

/// A request of another session, with the key that its master gives.
pub fn request_for(master: &[u8; 32], key_id: KeyId, number: u32) -> Request {
    request_by(&request_key(master, key_id), "POST", NOW, key_id, number, b"{}")
}

impl House {
    pub fn new() -> Self {
        Self::with(Bursts::default())
    }

    pub fn with(bursts: Bursts) -> Self {
        House::of(bursts, 64)
    }

    /// Ask, and load the record once where it is asked for, as a caller does.
    pub fn offer(&self, request: &Request) -> Offered {
        self.offer_with(request, false)
    }

    pub fn offer_with(&self, request: &Request, revoked: bool) -> Offered {
        let admitted = match self.gate.admit(&self.ask(request), &request.body) {
            Err(Refusal::NeedRecord(waiting)) => {
                let proven = self.gate.put_record(&waiting, self.record(revoked));
                self.gate.admit_body(&proven, &request.body)
            }
            other => other,
        };
        admitted.map(|admitted| admitted.number).map_err(|refusal| refusal.code())
    }

    /// The same in the two steps of a large body.
    pub fn head(&self, request: &Request) -> Proven<&'static str> {
        match self.gate.admit_head(&self.ask(request)) {
            Err(Refusal::NeedRecord(waiting)) => self.gate.put_record(&waiting, self.record(false)),
            proven => proven.unwrap(),
        }
    }

    pub fn record(&self, revoked: bool) -> Record<&'static str> {
        self.record_of("device", revoked)
    }
}

impl<Principal> House<Principal> {
    pub fn of(bursts: Bursts, remembered: usize) -> Self {
        Self::tried_out(bursts, remembered, false)
    }

    /// With the limit of addresses in shadow, or not.
    pub fn tried_out(bursts: Bursts, remembered: usize, shadow: bool) -> Self {
        let table = Arc::new(Table::in_process(Sizes::default()).unwrap());
        let hourly = |name, burst| Policy::new(name, 1, 3_600.min(600_000 / burst), burst).unwrap();
        let policies = vec![
            hourly("address", bursts.address).shadow(shadow),
            hourly("session", bursts.session),
            hourly("account", bursts.account),
            hourly("tenant", bursts.tenant),
            hourly("edit", bursts.class),
        ];
        let limits = Limits::new(Arc::clone(&table), policies).unwrap();
        let by_name = |name: &str| limits.policy(name).unwrap();
        let which = Policies {
            address: by_name("address"),
            session: by_name("session"),
            account: by_name("account"),
            tenant: by_name("tenant"),
        };
        let sid = Sid::new(1, 0, [3; 16]);
        table.open_window(&sid.random(), LIFE_SECONDS, 0).unwrap();
        let key = request_key(&MASTER, KeyId { sid, epoch: table.epoch() });
        let masters = Masters::new(BRIDGE, versions(&[(1, MASTER)]), NOBODY);
        Self { gate: Gate::new(Arc::new(limits), which, masters, remembered), table, sid, key }
    }

    pub fn record_of(&self, principal: Principal, revoked: bool) -> Record<Principal> {
        let key = |dimension| self.gate.limits().key(dimension, b"one");
        let (account, tenant) = (key(Dimension::Account), key(Dimension::Tenant));
        Record { principal, scopes: EDIT, revoked, account, tenant }
    }

    pub fn key_id(&self) -> KeyId {
        self.key_id_of(self.sid)
    }

    pub fn key_id_of(&self, sid: Sid) -> KeyId {
        KeyId { sid, epoch: self.table.epoch() }
    }

    pub fn other_epoch(&self) -> Epoch {
        Epoch(self.table.epoch().0 ^ 1)
    }

    /// Another session with a window, of that master version.
    pub fn open(&self, version: u8, random: u8) -> KeyId {
        let sid = Sid::new(version, 0, [random; 16]);
        self.table.open_window(&sid.random(), LIFE_SECONDS, 0).unwrap();
        self.key_id_of(sid)
    }

    pub fn request(&self, number: u32, body: &[u8]) -> Request {
        self.request_of("POST", number, body)
    }

    pub fn request_of(&self, method: &'static str, number: u32, body: &[u8]) -> Request {
        request_by(&self.key, method, NOW, self.key_id(), number, body)
    }

    pub fn request_at(&self, created: i64, number: u32) -> Request {
        request_by(&self.key, "POST", created, self.key_id(), number, b"{}")
    }

    pub fn ask<'a>(&self, request: &'a Request) -> Ask<'a> {
        let class = self.gate.limits().policy("edit").unwrap();
        Ask {
            wire: Ok(request.wire()),
            address: "127.0.0.1",
            demand: Demand { class, scopes: EDIT },
            now: NOW,
        }
    }

    /// The first answer as it is, with nothing loaded for it.
    pub fn code(&self, request: &Request) -> &'static str {
        let answer = self.gate.admit(&self.ask(request), &request.body);
        answer.map_or_else(|refusal| refusal.code(), |_| "admitted")
    }

    pub fn waiting(&self, request: &Request) -> Waiting {
        match self.gate.admit_head(&self.ask(request)) {
            Err(Refusal::NeedRecord(waiting)) => waiting,
            other => panic!("{:?}", other.map(|proven| proven.number()).map_err(|refusal| refusal.code())),
        }
    }
}

/// Whose request the gate says it was.
pub fn caller<Principal>(refusal: &Refusal<Principal>) -> Option<&Caller<Principal>> {
    match refusal {
        Refusal::Revoked(caller)
        | Refusal::OutOfScope(caller)
        | Refusal::WrongDigest(caller)
        | Refusal::Replayed { caller, .. }
        | Refusal::Limited(caller, _) => Some(caller),
        _ => None,
    }
}
