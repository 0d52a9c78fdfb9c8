//! What a signed request costs at the gate: its parts, the whole, few sessions beside very many.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use _core::admit::{Ask, Demand, Gate, Head, Masters, Policies, Record, Refusal, Wire};
use _core::hashing::sha256;
use _core::keys::names::{KeyId, Sid};
use _core::keys::{self, SessionUse};
use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::mac::MacKey;
use _core::table::{Sizes, Table};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use zeroize::Zeroizing;

const BRIDGE: [u8; 16] = [7; 16];
const MASTER: [u8; 32] = [9; 32];
const NOW: i64 = 1_700_000_000;
const BODY: [u8; 1_024] = [b'x'; 1_024];
/// Signed beforehand and timed together: few enough to be as warm as a request that was just received.
const BATCH: usize = 512;

struct Request {
    digest: String,
    input: String,
    signature: String,
}

impl Request {
    fn wire(&self) -> Wire<'_> {
        Wire {
            method: b"POST",
            target: b"/v1/edits?project=3",
            authority: b"127.0.0.1:8460",
            content_digest: self.digest.as_bytes(),
            idempotency_key: b"0123456789abcdef",
            signature_input: self.input.as_bytes(),
            signature: self.signature.as_bytes(),
        }
    }

    fn ask(&self) -> Ask<'_> {
        let demand = Demand { class: PolicyId(4), scopes: 1 };
        Ask { wire: Ok(self.wire()), address: "127.0.0.1", demand, now: NOW }
    }
}

fn signed(key: &MacKey, key_id: KeyId, number: u32) -> Request {
    let params = format!(
        r#"("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key");created={NOW};keyid="{key_id}";nonce="{number}";tag="toolboxai-bridge-1""#
    );
    let mut request = Request {
        digest: format!("sha-256=:{}:", STANDARD.encode(sha256(&BODY))),
        input: format!("tbx={params}"),
        signature: format!("tbx=:{}:", STANDARD.encode([0; 32])),
    };
    let tag = Head::parse(request.wire()).unwrap().with_base(|parts| key.mac(parts));
    request.signature = format!("tbx=:{}:", STANDARD.encode(tag));
    request
}

struct House {
    gate: Gate<()>,
    sessions: Vec<(KeyId, u32)>,
    at: usize,
}

impl House {
    /// So many sessions, all of them known to the gate.
    fn new(table: Table, sessions: usize) -> Self {
        let table = Arc::new(table);
        let policies = ["address", "session", "account", "tenant", "class"]
            .map(|name| Policy::new(name, 2_000, 1, 4_000_000).unwrap());
        let limits = Arc::new(Limits::new(Arc::clone(&table), policies.to_vec()).unwrap());
        let which = Policies {
            address: PolicyId(0),
            session: PolicyId(1),
            account: PolicyId(2),
            tenant: PolicyId(3),
        };
        let masters = Masters::new(BRIDGE, BTreeMap::from([(1, Zeroizing::new(MASTER))]), [3; 32]);
        let gate = Gate::new(Arc::clone(&limits), which, masters, sessions);
        let mut house = Self { gate, sessions: Vec::new(), at: 0 };
        for session in 0..sessions {
            let random = *blake3::hash(&session.to_le_bytes()).as_bytes().first_chunk().unwrap();
            table.open_window(&random, 3_600, 0).unwrap();
            let key_id = KeyId { sid: Sid::new(1, 0, random), epoch: table.epoch() };
            let request = signed(&key_of(key_id), key_id, 1);
            let Err(Refusal::NeedRecord(waiting)) = house.gate.admit(&request.ask(), &BODY) else { panic!() };
            let key = |dimension| limits.key(dimension, &session.to_le_bytes());
            let record = Record {
                principal: (),
                scopes: 1,
                revoked: false,
                account: key(Dimension::Account),
                tenant: limits.key(Dimension::Tenant, b"one"),
            };
            house.gate.put_record(&waiting, record);
            house.sessions.push((key_id, 0));
        }
        house
    }

    /// A request of the next session, in an order far from any order of memory.
    fn next(&mut self) -> Request {
        self.at = (self.at + 7_919 * 31) % self.sessions.len();
        let (key_id, number) = &mut self.sessions[self.at];
        *number += 1;
        signed(&key_of(*key_id), *key_id, *number)
    }

    fn time(&mut self, times: u64) -> Duration {
        let mut taken = Duration::ZERO;
        let mut left = usize::try_from(times).unwrap();
        while left > 0 {
            let requests: Vec<Request> = (0..left.min(BATCH)).map(|_| self.next()).collect();
            left -= requests.len();
            let start = Instant::now();
            for request in &requests {
                black_box(self.gate.admit(&request.ask(), &BODY)).unwrap();
            }
            taken += start.elapsed();
        }
        taken
    }
}

fn key_of(key_id: KeyId) -> MacKey {
    let session = keys::session_key(&MASTER, &BRIDGE, &key_id.sid, key_id.epoch);
    MacKey::new(&*keys::session_use(&session, SessionUse::Request))
}

fn parts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("admit, in parts");
    let table = Table::in_process(Sizes::default()).unwrap();
    let key_id = KeyId { sid: Sid::new(1, 0, [3; 16]), epoch: table.epoch() };
    let key = key_of(key_id);
    let request = signed(&key, key_id, 1);
    let head = Head::parse(request.wire()).unwrap();
    group.bench_function("parse", |bencher| {
        bencher.iter(|| black_box(Head::parse(black_box(request.wire())).unwrap().number));
    });
    group.bench_function("base and MAC", |bencher| {
        bencher.iter(|| assert!(head.with_base(|parts| key.verify(parts, &head.tag))));
    });
    group.bench_function("MAC of as many bytes in one piece", |bencher| {
        let whole = head.with_base(|parts| parts.concat());

        bencher.iter(|| assert!(key.verify(&[black_box(&whole)], &head.tag)));
    });
    group.bench_function("keys of an unknown session", |bencher| bencher.iter(|| black_box(key_of(key_id))));
    group.bench_function("SHA-256 of 1 KiB", |bencher| bencher.iter(|| black_box(sha256(black_box(&BODY)))));
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("admit, 1 KiB");
    for live in [1_000_u32, 1_000_000] {
        let sizes = Sizes { sessions: live, limits: 4 * live, ..Sizes::default() };
        let mut tables = vec![("process", Table::in_process(sizes).unwrap())];
        #[cfg(target_os = "linux")]
        tables.push(("shared", Table::create_shared(sizes).unwrap()));
        for (name, table) in tables {
            let mut house = House::new(table, live as usize);
            group.bench_function(format!("{live} sessions, {name}"), |bencher| {
                bencher.iter_custom(|times| house.time(times));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parts, whole);
criterion_main!(benches);
