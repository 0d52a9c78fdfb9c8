//! What a run tells at its end, as one line of JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::histogram::Histogram;

#[derive(Debug, Serialize)]
pub struct Report {
    /// Answers of 2xx.
    pub requests: u64,
    /// Everything else, by the code of the problem or by what broke.
    pub errors: BTreeMap<String, u64>,
    pub seconds: f64,
    pub requests_a_second: f64,
    /// From the moment that a request was due, to the last byte of its answer.
    pub microseconds: Percentiles,
    /// Of this program, not of the bridge.
    pub cpu_seconds: f64,
    /// With a rate: how many were due and not sent when the time was over.
    pub not_sent: u64,
}

#[derive(Debug, Serialize)]
pub struct Percentiles {
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub p999: f64,
    pub most: f64,
}

impl Percentiles {
    #[must_use]
    pub fn of(times: &Histogram) -> Self {
        Self {
            p50: micro(times.percentile(500_000)),
            p90: micro(times.percentile(900_000)),
            p99: micro(times.percentile(990_000)),
            p999: micro(times.percentile(999_000)),
            most: micro(times.most()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no request takes 2^53 nanoseconds")]
fn micro(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1000.0
}
