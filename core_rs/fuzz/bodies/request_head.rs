//! A signed request's head: whatever comes is judged, what is taken has one spelling, and without the right MAC
//! nobody comes in.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use _core::admit::{Ask, Demand, Gate, Head, Masters, Policies, Wire};
use _core::limits::{Limits, Policy, PolicyId};
use _core::table::{Sizes, Table};
use arbitrary::Arbitrary;

const WRITE_LIST: &str = r#""@method" "@authority" "@path" "@query" "content-digest" "idempotency-key""#;
const READ_LIST: &str = r#""@method" "@authority" "@path" "@query" "content-digest""#;

/// Parts from nothing, or parts of a right form with some bytes changed.
#[derive(Arbitrary, Debug)]
pub enum Input<'a> {
    Raw {
        parts: [&'a [u8]; 7],
        body: &'a [u8],
    },
    Near {
        write: bool,
        created: u64,
        number: u32,
        target: &'a str,
        changes: Vec<(u8, u16, u8)>,
        body: &'a [u8],
    },
}

fn near(write: bool, created: u64, number: u32, target: &str, changes: &[(u8, u16, u8)]) -> [Vec<u8>; 7] {
    let list = if write { WRITE_LIST } else { READ_LIST };
    let mut parts = [
        if write { "POST" } else { "GET" }.into(),
        format!("/{target}"),
        "127.0.0.1:8460".into(),
        "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:".into(),
        "0123456789abcdef".into(),
        format!(
            r#"tbx=({list});created={created};keyid="AQAAAwMDAwMDAwMDAwMDAwMDAwMD.00000000000000ab";nonce="{number}";tag="toolboxai-bridge-1""#
        ),
        "tbx=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:".into(),
    ]
    .map(String::into_bytes);
    for (part, at, with) in changes {
        let part = &mut parts[usize::from(*part) % 7];
        if !part.is_empty() {
            let at = usize::from(*at) % part.len();
            part[at] = *with;
        }
    }
    parts
}

fn gate() -> &'static Gate<()> {
    static GATE: OnceLock<Gate<()>> = OnceLock::new();
    GATE.get_or_init(|| {
        let table = Arc::new(Table::in_process(Sizes::default()).expect("a small table"));
        let policy = Policy::new("all", 2_000, 1, 2_000_000).expect("a policy that never refuses here");
        let limits = Limits::new(table, vec![policy]).expect("one policy");
        let all = PolicyId(0);
        let policies = Policies { address: all, session: all, account: all, tenant: all };
        // No master key at all: there is no right MAC.
        Gate::new(Arc::new(limits), policies, Masters::new([7; 16], BTreeMap::default(), [5; 32]), 16)
    })
}

fn judge(parts: [&[u8]; 7], body: &[u8]) {
    let [method, target, authority, content_digest, idempotency_key, signature_input, signature] = parts;
    let wire =
        Wire { method, target, authority, content_digest, idempotency_key, signature_input, signature };
    let demand = Demand { class: PolicyId(0), scopes: 0 };
    let ask = Ask { wire: Ok(wire), address: "127.0.0.1", demand, now: 1_700_000_000 };
    let refusal = gate().admit(&ask, body).expect_err("nobody has a key").code();
    let Ok(head) = Head::parse(wire) else {
        assert!(["malformed", "too_large"].contains(&refusal), "{refusal}");
        return;
    };
    assert!(["not_proven", "too_large"].contains(&refusal), "{refusal}");
    let list = if matches!(method, b"GET" | b"HEAD") { READ_LIST } else { WRITE_LIST };
    let (created, key_id, number) = (head.created, head.key_id, head.number);
    let again = format!(
        r#"tbx=({list});created={created};keyid="{key_id}";nonce="{number}";tag="toolboxai-bridge-1""#
    );
    assert_eq!(again.as_bytes(), signature_input, "a second spelling");
    head.with_base(|pieces| {
        let base = pieces.concat();
        let lines = base.split(|byte| *byte == b'\n').count();
        assert_eq!(list.split(' ').count() + 1, lines, "a part that breaks the line");
        assert!(base.is_ascii());
    });
}

pub fn run(input: Input<'_>) {
    match input {
        Input::Raw { parts, body } => judge(parts, body),
        Input::Near { write, created, number, target, changes, body } => {
            let parts = near(write, created, number, target, &changes);
            judge([0, 1, 2, 3, 4, 5, 6].map(|at| &*parts[at]), body);
        }
    }
}
