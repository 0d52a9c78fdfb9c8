//! Long work away from the interpreter, with a callback that is told how far it is and may stop it.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::watch::Watch;

/// How often the callback and Ctrl-C are looked at.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Run `work` in a thread of its own while the interpreter is free.
///
/// `progress(done_bytes, total_bytes, done_files)` is called at most every 100 ms on the calling thread; when it
/// returns False, raises, or a signal handler raises, the work is asked to stop and waited for.
pub(super) fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Watch) -> T + Send,
) -> PyResult<T> {
    let watch = Watch::new();
    let watch = &watch;
    let (result, raised) = py.detach(|| {
        thread::scope(|scope| {
            let (done, ended) = channel::<()>();
            let worker = scope.spawn(move || {
                // Dropped when the work ends in whatever way, which wakes the loop below.
                let _done = done;
                work(watch)
            });
            let mut raised = None;
            while ended.recv_timeout(TELL_EVERY) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none()
                    && let Err(error) = Python::attach(|py| tell(py, progress, watch))
                {
                    watch.cancel();
                    raised = Some(error);
                }
            }
            (worker.join(), raised)
        })
    });
    match (result, raised) {
        (Err(panic), _) => std::panic::resume_unwind(panic),
        (Ok(_), Some(error)) => Err(error),
        (Ok(result), None) => Ok(result),
    }
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, watch: &Watch) -> PyResult<()> {
    py.check_signals()?;
    let Some(progress) = progress else { return Ok(()) };
    let now = watch.progress();
    let answer = progress.bind(py).call1((now.done_bytes, now.total_bytes, now.done_files))?;
    if answer.is(pyo3::types::PyBool::new(py, false)) {
        watch.cancel();
    }
    Ok(())
}
