//! What the head of an answer tells of the limit that decided: a new pair of headers, and three well-known ones.

use super::{Decision, Policy};

const MILLIS: u64 = 1_000;
/// Room for the numbers, and for what stands between them.
const REST_BYTES: usize = 96;

/// The lines of one policy but for two numbers, each of which stands in them twice.
#[derive(Debug)]
pub(super) struct Lines {
    new: Box<str>,
    well_known: Box<str>,
}

impl Lines {
    pub fn of(policy: &Policy) -> Self {
        let (name, burst) = (policy.name(), policy.burst());
        let (count, seconds) = policy.rate();
        // The time in which a burst that was used up is there again.
        let window = (u64::from(burst) * u64::from(seconds)).div_ceil(u64::from(count));
        let new = format!("RateLimit-Policy: \"{name}\";q={burst};w={window}\r\nRateLimit: \"{name}\";r=");
        let well_known = format!("\r\nX-RateLimit-Limit: {burst}\r\nX-RateLimit-Remaining: ");
        Self { new: new.into(), well_known: well_known.into() }
    }

    /// Each line with its end.
    pub fn with(&self, decision: &Decision) -> String {
        let left = decision.remaining.to_string();
        let wait = decision.reset_millis.div_ceil(MILLIS).to_string();
        let mut lines = String::with_capacity(self.new.len() + self.well_known.len() + REST_BYTES);
        let Self { new, well_known } = self;
        let parts = [new, &*left, ";t=", &wait, well_known, &left, "\r\nX-RateLimit-Reset: ", &wait, "\r\n"];
        for part in parts {
            lines.push_str(part);
        }
        lines
    }
}
