//! Policies of any numbers: what is taken can be counted, and never lets more through at once than its burst.

use std::sync::Arc;

use _core::limits::{Dimension, Limits, Policy, PolicyId};
use _core::table::{Sizes, Table};

const SIZES: Sizes = Sizes { sessions: 1, spent: 1, limits: 1 };
const TRIES: u32 = 40;

pub type Input<'a> = (&'a str, u32, u32, u32, bool);

pub fn run(input: Input<'_>) {
    let (name, count, seconds, burst, shadow) = input;
    let Ok(policy) = Policy::new(name, count, seconds, burst) else { return };
    assert_eq!((name, burst, (count, seconds)), (policy.name(), policy.burst(), policy.rate()));
    let slow = policy.interval().as_secs() >= 1;
    let table = Arc::new(Table::in_process(SIZES).expect("a small table"));
    let limits = Limits::new(table, vec![policy.shadow(shadow)]).expect("one policy");
    let key = limits.key(Dimension::Address, name.as_bytes());
    let decisions: Vec<_> = (0..TRIES).map(|_| limits.check(&[(key, PolicyId(0))])).collect();
    let admitted = decisions.iter().filter(|decision| decision.admitted).count();
    if shadow {
        assert_eq!(TRIES as usize, admitted);
    } else if slow {
        assert_eq!(burst.min(TRIES) as usize, admitted);
    }
    assert!(decisions.iter().all(|decision| shadow || decision.remaining < burst || !decision.admitted));
}
