//! Work on many threads whose results are taken in order, with a bounded number of them under way.

use std::collections::BTreeMap;
use std::sync::mpsc::{Sender, channel};

/// Do `work` for 0..`count` on `pool` and hand the results to `take` in order, on the calling thread.
///
/// At most `in_flight` results exist at a time. The first error ends it, once what is under way has ended.
/// The calling thread must not be one of the pool's: it waits.
pub fn ordered<T: Send, E: Send>(
    pool: &rayon::ThreadPool,
    count: usize,
    in_flight: usize,
    work: impl Fn(usize) -> Result<T, E> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let work = &work;
    pool.in_place_scope(|scope| {
        let (sender, receiver) = channel();
        let spawn = |number: usize| {
            let promise = Promise::new(&sender);
            scope.spawn(move |_| promise.keep((number, work(number))));
        };
        (0..count.min(in_flight)).for_each(spawn);
        let mut early = BTreeMap::new();
        let mut next = 0;
        while next < count {
            let Ok(Some((number, result))) = receiver.recv() else { break };
            early.insert(number, result?);
            while let Some(result) = early.remove(&next) {
                take(next, result)?;
                if next + in_flight < count {
                    spawn(next + in_flight);
                }
                next += 1;
            }
        }
        Ok(())
    })
}

/// What a task will send; nothing, where it panicked. Leaving the scope of the tasks then passes the panic on.
pub struct Promise<M>(Option<Sender<Option<M>>>);

impl<M> Promise<M> {
    #[must_use]
    pub fn new(sender: &Sender<Option<M>>) -> Self {
        Self(Some(sender.clone()))
    }

    pub fn keep(mut self, message: M) {
        if let Some(sender) = self.0.take() {
            // Nobody listens any more after an error.
            let _ = sender.send(Some(message));
        }
    }
}

impl<M> Drop for Promise<M> {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::thread_pool;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    #[test]
    fn results_come_in_order_and_few_are_under_way() {
        let pool = thread_pool(Some(4)).unwrap();
        let (made, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut seen = Vec::new();
        let work = |number: usize| {
            std::thread::sleep(Duration::from_micros((number as u64 * 37) % 400));
            assert!(made.fetch_add(1, SeqCst) < taken.load(SeqCst) + 3);
            Ok::<_, ()>(number * 2)
        };
        let take = |number, result| {
            seen.push((number, result));
            taken.fetch_add(1, SeqCst);
            Ok(())
        };
        assert_eq!(Ok(()), ordered(&pool, 50, 3, work, take));
        assert_eq!((0..50).map(|number| (number, number * 2)).collect::<Vec<_>>(), seen);
    }

    #[test]
    fn an_error_on_either_side_ends_it() {
        let pool = thread_pool(Some(2)).unwrap();
        let failing = |number| if number == 7 { Err("work") } else { Ok(()) };
        assert_eq!(Err("work"), ordered(&pool, 50, 4, failing, |_, ()| Ok(())));
        let refusing = |number, ()| if number == 7 { Err("take") } else { Ok(()) };
        assert_eq!(Err("take"), ordered(&pool, 50, 4, |_| Ok(()), refusing));
        assert_eq!(Ok(()), ordered(&pool, 0, 4, |_| Err::<(), _>("never"), |_, ()| Ok(())));
    }

    #[test]
    fn a_panic_is_passed_on_and_nobody_waits_for_ever() {
        let pool = thread_pool(Some(2)).unwrap();
        let work = |number| if number == 3 { panic!("planted") } else { Ok::<_, ()>(()) };
        let run = std::panic::AssertUnwindSafe(|| ordered(&pool, 9, 2, work, |_, ()| Ok(())));
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
