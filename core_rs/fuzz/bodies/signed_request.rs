//! Requests that are signed with the right key: each comes in once and as often as the window says, and none of which
//! a byte was changed on the way.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use _core::admit::{
    Ask, Demand, FRESH_SECONDS, Gate, Head, Masters, ONE_CALL_BYTES, Policies, Record, Refusal, Wire,
};
use _core::hashing::sha256;
use _core::keys::names::{KeyId, Sid};
use _core::keys::{self, SessionUse};
use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::mac::MacKey;
use _core::replay::{LAST_NUMBER, WINDOW};
use _core::table::{Sizes, Table};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use arbitrary::Arbitrary;
use zeroize::Zeroizing;

const BRIDGE: [u8; 16] = [7; 16];
const MASTER: [u8; 32] = [9; 32];
const NOW: i64 = 1_700_000_000;
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// Places among the parts.
const AUTHORITY: usize = 2;
const KEY: usize = 4;
const BODY: usize = 7;
const HOST: &[u8] = b"Studio.example:8460";

#[derive(Arbitrary, Debug)]
pub struct Input<'a> {
    method: u8,
    /// None, here and below: one that is right.
    authority: Option<&'a [u8]>,
    target: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
    body: &'a [u8],
    late_by: i8,
    /// From the highest number so far.
    step: i16,
    /// Which part is changed on the way, where, and how.
    change: Option<(u8, u16, u8)>,
}

/// A gate, one session, and what its window must say, kept as a set.
struct House {
    gate: Gate<()>,
    key_id: KeyId,
    key: MacKey,
    seen: HashSet<u32>,
    top: u32,
}

impl House {
    fn new() -> Self {
        let table = Arc::new(Table::in_process(Sizes::default()).expect("a small table"));
        let policy = Policy::new("all", 2_000, 1, 1_000_000_000).expect("a policy that never refuses here");
        let limits = Arc::new(Limits::new(Arc::clone(&table), vec![policy]).expect("one policy"));
        let all = PolicyId(0);
        let policies = Policies { address: all, session: all, account: all, tenant: all };
        let masters = Masters::new(BRIDGE, BTreeMap::from([(1, Zeroizing::new(MASTER))]), [5; 32]);
        let sid = Sid::new(1, 0, [3; 16]);
        table.open_window(&sid.random(), 24 * 60 * 60, 0).expect("an empty table has room");
        let key_id = KeyId { sid, epoch: table.epoch() };
        let session = keys::session_key(&MASTER, &BRIDGE, &sid, table.epoch());
        let key = MacKey::new(&*keys::session_use(&session, SessionUse::Request));
        Self { gate: Gate::new(limits, policies, masters, 16), key_id, key, seen: HashSet::new(), top: 0 }
    }

    /// What the gate says: admitted, or the code of the refusal.
    fn offer(&self, wire: Wire<'_>, body: &[u8]) -> &'static str {
        let demand = Demand { class: PolicyId(0), scopes: 0 };
        let ask = Ask { wire: Ok(wire), address: "127.0.0.1", demand, now: NOW };
        let admitted = match self.gate.admit(&ask, body) {
            Err(Refusal::NeedRecord(waiting)) => {
                let key = |dimension| self.gate.limits().key(dimension, b"one");
                let (account, tenant) = (key(Dimension::Account), key(Dimension::Tenant));
                let record = Record { principal: (), scopes: 0, revoked: false, account, tenant };
                self.gate.admit_body(&self.gate.put_record(&waiting, record), body)
            }
            other => other,
        };
        admitted.map_or_else(|refusal| refusal.code(), |_| "admitted")
    }

    /// What has to be said to a right request with `number`.
    fn expect(&mut self, number: u32) -> &'static str {
        self.top = self.top.max(number);
        let known = u64::from(self.top - number) > WINDOW || !self.seen.insert(number);
        if known { "replayed" } else { "admitted" }
    }
}

/// The parts of a signed request and its body, the signature base written out from the protocol's text.
fn signed(input: &Input<'_>, house: &House, number: u32) -> [Vec<u8>; 8] {
    let method = METHODS[usize::from(input.method) % METHODS.len()];
    let write = !matches!(method, "GET" | "HEAD");
    let list = r#""@method" "@authority" "@path" "@query" "content-digest""#;
    let list = if write { format!(r#"{list} "idempotency-key""#) } else { list.to_owned() };
    let (key_id, created) = (house.key_id, NOW - i64::from(input.late_by));
    let params =
        format!(r#"({list});created={created};keyid="{key_id}";nonce="{number}";tag="toolboxai-bridge-1""#);
    let authority = input.authority.unwrap_or(HOST);
    let target = [b"/", input.target.unwrap_or(b"v1/edits?project=3")].concat();
    let key = input.key.unwrap_or(b"0123456789abcdef");
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(input.body)));
    let at = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let query = if at == target.len() { b"?" } else { &target[at..] };
    let mut base: Vec<u8> = Vec::new();
    for part in [
        b"\"@method\": ",
        method.as_bytes(),
        b"\n\"@authority\": ",
        &authority.to_ascii_lowercase(),
        b"\n\"@path\": ",
        &target[..at],
        b"\n\"@query\": ",
        query,
        b"\n\"content-digest\": ",
        digest.as_bytes(),
    ] {
        base.extend(part);
    }
    if write {
        base.extend(b"\n\"idempotency-key\": ");
        base.extend(key);
    }
    base.extend(format!("\n\"@signature-params\": {params}").bytes());
    let mac = STANDARD.encode(house.key.mac(&[&base]));
    [
        method.into(),
        target,
        authority.into(),
        digest.into(),
        key.into(),
        format!("tbx={params}").into(),
        format!("tbx=:{mac}:").into(),
        input.body.into(),
    ]
}

fn wire(parts: &[Vec<u8>; 8]) -> Wire<'_> {
    let [method, target, authority, content_digest, idempotency_key, signature_input, signature, _] = parts;
    Wire { method, target, authority, content_digest, idempotency_key, signature_input, signature }
}

/// Change one byte of one part; which one, if it makes a difference to what was signed.
fn change(parts: &mut [Vec<u8>; 8], (part, at, by): (u8, u16, u8)) -> Option<usize> {
    let which = usize::from(part) % parts.len();
    let is_read = matches!(&*parts[0], b"GET" | b"HEAD");
    let length = parts[which].len();
    let byte = parts[which].get_mut(usize::from(at) % length.max(1))?;
    let before = *byte;
    *byte ^= by;
    let same = if which == AUTHORITY { byte.eq_ignore_ascii_case(&before) } else { by == 0 };
    let is_read_key = which == KEY && is_read;
    (!same && !is_read_key).then_some(which)
}

pub fn run(input: Input<'_>) {
    static HOUSE: Mutex<Option<House>> = Mutex::new(None);
    let mut house = HOUSE.lock().expect("one thread");
    let house = house.get_or_insert_with(House::new);
    if house.top > LAST_NUMBER - 2_000 {
        *house = House::new();
    }
    let number = i64::from(house.top) + i64::from(input.step % 1_500);
    let number = u32::try_from(number.max(1)).expect("a number of a session");
    let mut parts = signed(&input, house, number);
    let changed = input.change.and_then(|by| change(&mut parts, by));
    let said = house.offer(wire(&parts), &parts[BODY]);
    let late = u64::from(input.late_by.unsigned_abs()) > FRESH_SECONDS;
    let expected = match changed {
        _ if parts[BODY].len() > ONE_CALL_BYTES => "too_large",
        _ if Head::parse(wire(&parts)).is_err() => "malformed",
        Some(part) if part != BODY => "not_proven",
        _ if late => "stale",
        Some(_) => "wrong_digest",
        None => house.expect(number),
    };
    assert_eq!(expected, said);
}
