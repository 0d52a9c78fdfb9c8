//! Whose turn it is: threads that can go on, threads that wait for a moment, and threads that wait for a socket.
//!
//! Time moves only when nothing can go on and no socket is waited for, and then at once to the next moment that
//! somebody waits for. So a script that waits ten minutes takes none, and a run says the same every time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};

use mlua::{MultiValue, Thread};

use crate::clock::Clock;
use crate::http::Answer;

/// What came of a request, or what the script is told instead.
pub type Arrival = Result<Answer, String>;

/// What can happen next.
pub enum Next {
    /// A thread can go on with these values.
    Resume(Thread, MultiValue),
    /// The request of a thread has ended.
    Arrived(Thread, Arrival),
    /// Nothing is waited for any more.
    Nothing,
}

/// The moment, as bits that sort as the number does, then the order of asking.
type Due = (u64, u64);

/// The queues of all threads.
pub struct Scheduler {
    clock: Rc<Clock>,
    ready: VecDeque<(Thread, MultiValue)>,
    timers: BTreeMap<Due, (Thread, MultiValue)>,
    requests: HashMap<u64, Thread>,
    asked: u64,
    sender: Sender<(u64, Arrival)>,
    arrivals: Receiver<(u64, Arrival)>,
}

impl Scheduler {
    pub fn new(clock: Rc<Clock>) -> Self {
        let (sender, arrivals) = channel();
        Self {
            clock,
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            requests: HashMap::new(),
            asked: 0,
            sender,
            arrivals,
        }
    }

    /// Let a thread go on as soon as those before it have.
    pub fn defer(&mut self, thread: Thread, values: MultiValue) {
        self.ready.push_back((thread, values));
    }

    /// Let a thread go on so many seconds from now; the first to ask for a moment is the first to go on.
    pub fn delay(&mut self, seconds: f64, thread: Thread, values: MultiValue) {
        self.asked += 1;
        // A wait of nothing, or of no number, is one of no time. The bits of numbers from 0 on sort as they do.
        let due = self.clock.elapsed() + seconds.max(0.0);
        self.timers.insert((due.to_bits(), self.asked), (thread, values));
    }

    /// Let a thread go on when what `work` does elsewhere has ended.
    pub fn await_request(&mut self, thread: Thread, work: impl FnOnce() -> Arrival + Send + 'static) {
        self.asked += 1;
        let (id, sender) = (self.asked, self.sender.clone());
        self.requests.insert(id, thread);
        std::thread::spawn(move || {
            // The other end is only gone when the whole program ends.
            sender.send((id, work())).ok();
        });
    }

    /// Whose turn it is now.
    pub fn next(&mut self) -> Next {
        if let Some((thread, values)) = self.ready.pop_front() {
            return Next::Resume(thread, values);
        }
        if !self.requests.is_empty()
            && let Ok((id, arrival)) = self.arrivals.recv()
            && let Some(thread) = self.requests.remove(&id)
        {
            return Next::Arrived(thread, arrival);
        }
        let Some(((due, _), (thread, values))) = self.timers.pop_first() else { return Next::Nothing };
        self.clock.advance_to(f64::from_bits(due));
        Next::Resume(thread, values)
    }
}
