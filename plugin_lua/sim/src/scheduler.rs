//! Whose turn it is: threads that can go on, threads that wait for a moment, threads that wait for a socket, and what
//! is told of streams.
//!
//! Time moves only when nothing can go on and no answer is waited for, and then at once to the next moment that
//! somebody waits for. So a script that waits ten minutes takes none, and a run says the same every time.
//! Only while a stream is open time goes as it does on the wall: its other end says when something comes.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use mlua::{Function, MultiValue, Thread};

use crate::clock::Clock;
use crate::http::{Answer, Request};
use crate::stream::{Happening, Stream};

/// What came of a request, or what the script is told instead.
pub type Arrival = Result<Answer, String>;

/// What can happen next.
pub enum Next {
    /// A thread can go on with these values.
    Resume(Thread, MultiValue),
    /// The request of a thread has ended.
    Arrived(Thread, Arrival),
    /// Something happened on the stream that is listened to with this function.
    Happened(Function, Happening),
    /// Nothing is waited for any more.
    Nothing,
}

/// What the threads of sockets tell, by the number that was given out for it.
enum Told {
    Answered(u64, Arrival),
    Happened(u64, Happening),
}

/// The moment, as bits that sort as the number does, then the order of asking.
type Due = (u64, u64);

/// The queues of all threads.
pub struct Scheduler {
    clock: Rc<Clock>,
    ready: VecDeque<(Thread, MultiValue)>,
    timers: BTreeMap<Due, (Thread, MultiValue)>,
    requests: HashMap<u64, Thread>,
    streams: HashMap<u64, (Stream, Function)>,
    asked: u64,
    sender: Sender<Told>,
    told: Receiver<Told>,
}

impl Scheduler {
    pub fn new(clock: Rc<Clock>) -> Self {
        let (sender, told) = channel();
        Self {
            clock,
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            requests: HashMap::new(),
            streams: HashMap::new(),
            asked: 0,
            sender,
            told,
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
            sender.send(Told::Answered(id, work())).ok();
        });
    }

    /// Open a stream; `listener` is called with what happens on it. Its number is what it is sent to and closed by.
    pub fn open_stream(&mut self, request: Request, listener: Function) -> u64 {
        self.asked += 1;
        let (id, sender, stream) = (self.asked, self.sender.clone(), Stream::default());
        self.streams.insert(id, (stream.clone(), listener));
        std::thread::spawn(move || {
            stream.run(request, |happening| {
                sender.send(Told::Happened(id, happening)).ok();
            });
        });
        id
    }

    /// Send a text on a stream; false where it is not open.
    pub fn send_on_stream(&self, id: u64, data: &[u8]) -> bool {
        self.streams.get(&id).is_some_and(|(stream, _)| stream.send(data))
    }

    /// End a stream; nothing more is told of it.
    pub fn close_stream(&mut self, id: u64) {
        if let Some((stream, _)) = self.streams.remove(&id) {
            stream.close();
        }
    }

    /// Whose turn it is now.
    pub fn next(&mut self) -> Next {
        loop {
            if let Some((thread, values)) = self.ready.pop_front() {
                return Next::Resume(thread, values);
            }
            if let Some(next) = self.listen().and_then(|told| self.meant_for(told)) {
                return next;
            }
            if !self.requests.is_empty() || !self.streams.is_empty() && !self.is_due() {
                continue;
            }
            let Some(((due, _), (thread, values))) = self.timers.pop_first() else { return Next::Nothing };
            self.clock.advance_to(f64::from_bits(due));
            return Next::Resume(thread, values);
        }
    }

    /// Wait for what is told, as long as nothing else could go on.
    fn listen(&mut self) -> Option<Told> {
        if !self.requests.is_empty() {
            return self.told.recv().ok();
        }
        if self.streams.is_empty() {
            return None;
        }
        let began = Instant::now();
        let told = match self.seconds_left() {
            None => self.told.recv().ok(),
            Some(seconds) => self.told.recv_timeout(seconds).ok(),
        };
        self.clock.advance_to(self.clock.elapsed() + began.elapsed().as_secs_f64());
        told
    }

    /// Whom it is meant for; nobody where a thread or a stream is not waited for any more.
    fn meant_for(&mut self, told: Told) -> Option<Next> {
        match told {
            Told::Answered(id, arrival) => {
                self.requests.remove(&id).map(|thread| Next::Arrived(thread, arrival))
            }
            Told::Happened(id, happening) => {
                let is_last = matches!(happening, Happening::Failed { .. } | Happening::Ended);
                let listener = if is_last {
                    self.streams.remove(&id).map(|(_, listener)| listener)
                } else {
                    self.streams.get(&id).map(|(_, listener)| listener.clone())
                };
                listener.map(|listener| Next::Happened(listener, happening))
            }
        }
    }

    fn seconds_left(&self) -> Option<Duration> {
        let ((due, _), _) = self.timers.first_key_value()?;
        Some(Duration::from_secs_f64((f64::from_bits(*due) - self.clock.elapsed()).max(0.0)))
    }

    fn is_due(&self) -> bool {
        self.seconds_left().is_some_and(|left| left.is_zero())
    }
}
