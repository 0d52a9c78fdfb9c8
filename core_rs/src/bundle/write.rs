//! Writing a version whose chunks are at hand: blobs in memory, or other bundles.

use std::cell::RefCell;

use super::error::BundleError;
use super::fetch::Fetch;
use super::layout::{best_order, deal};
use super::manifest::Manifest;
use super::ordered::ordered;
use super::output::{Failure, Output, Seal, Stored, Written};
use crate::hashing::Digest;
use crate::watch::Watch;

/// What is to be written.
pub struct Plan<'a> {
    pub manifest: &'a Manifest,
    /// Whether the base has a chunk, which then is not carried.
    pub in_base: &'a dyn Fn(&Digest) -> bool,
    pub base: Option<&'a Digest>,
    pub seal: Seal<'a>,
}

thread_local! {
    /// One pack before it is compressed; fresh memory for each would cost more than hashing it.
    static RAW: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Gather one pack with `fill` and compress it.
pub fn pack_of(
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), BundleError>,
) -> Result<(Stored, u64), BundleError> {
    RAW.with_borrow_mut(|raw| {
        raw.clear();
        fill(raw)?;
        Ok((Stored::of(raw)?, raw.len() as u64))
    })
}

/// Compress the packs in parallel and write them in order, and the tail.
pub fn write(
    output: &mut Output<'_>,
    plan: &Plan<'_>,
    content: &dyn Fetch,
    pool: &rayon::ThreadPool,
    watch: &Watch,
) -> Result<Written, Failure> {
    let manifest = plan.manifest;
    let mut order = best_order(manifest);
    order.retain(|chunk| !(plan.in_base)(&manifest.chunk(*chunk).digest));
    let carried: u64 = order.iter().map(|chunk| u64::from(manifest.chunk(*chunk).length)).sum();
    // What need not be packed is done; who started the work expected all of it.
    watch.did_bytes(manifest.total_bytes() - carried);

    let packs = deal(&order, manifest);
    let make = |number: usize| {
        watch.check()?;
        let chunks = &order[packs[number].clone()];
        let (stored, raw_bytes) = pack_of(|raw| content.fetch(manifest, chunks, raw, watch))?;
        watch.did_bytes(raw_bytes);
        Ok::<_, Failure>(stored)
    };
    let in_flight = 2 * pool.current_num_threads();
    ordered(pool, packs.len(), in_flight, make, |number, stored| output.pack(&stored, packs[number].len()))?;
    output.finish(manifest, order, plan.base, plan.seal)
}
