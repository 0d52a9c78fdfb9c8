//! The processor time that this program itself took: a generator that is out of breath measures itself.

#[cfg(unix)]
#[must_use]
pub fn seconds() -> f64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "a run has no 2^53 seconds")]
    let seconds = spent.tv_sec as f64 + spent.tv_nsec as f64 / 1e9;
    seconds
}

#[cfg(not(unix))]
#[must_use]
pub fn seconds() -> f64 {
    f64::NAN
}
