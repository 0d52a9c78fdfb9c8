//! The loop: who is answered sends again, or waits until the next request is due.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::connection::{Connection, Event, READ_BYTES};
use crate::cpu;
use crate::histogram::Histogram;
use crate::options::Options;
use crate::plan::Plan;
use crate::report::{Percentiles, Report};
use crate::response::{self, Response};
use crate::sign::Writer;

const OK: std::ops::Range<u16> = 200..300;
const NANOSECONDS: f64 = 1e9;
// What is on its way at the end has so long to arrive; what does not is an error.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// Sends until the time or the count is over, and tells what came back.
pub fn run(plan: &Plan, options: &Options) -> Result<Report, String> {
    let mut load = Load::begin(plan, options)?;
    load.work().map_err(|error| format!("the run broke: {error}"))?;
    Ok(load.report())
}

struct Load<'a> {
    plan: &'a Plan,
    options: &'a Options,
    poll: Poll,
    connections: Vec<Connection>,
    writers: Vec<Writer>,
    idle: VecDeque<usize>,
    began: Instant,
    cpu_before: f64,
    sent: u64,
    answered: u64,
    ended_at: u64,
    errors: BTreeMap<String, u64>,
    times: Histogram,
    piece: Vec<u8>,
}

impl<'a> Load<'a> {
    fn begin(plan: &'a Plan, options: &'a Options) -> Result<Self, String> {
        let poll = Poll::new().map_err(|error| error.to_string())?;
        // Unlike any other run, so that no idempotency key comes twice.
        let run = format!(
            "load-{:x}-{:x}",
            std::process::id(),
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| since.as_nanos())
        );
        let sessions: Vec<_> = plan.sessions.iter().map(Some).collect();
        let sessions = if sessions.is_empty() { vec![None] } else { sessions };
        let writers = sessions
            .into_iter()
            .enumerate()
            .map(|(at, session)| Writer::new(plan, session, &format!("{run}-{at}")))
            .collect::<Result<_, _>>()?;
        let connections = (0..options.connections)
            .map(|at| Connection::open(plan.address, poll.registry(), Token(at)))
            .collect::<io::Result<Vec<_>>>()
            .map_err(|error| format!("{} cannot be reached: {error}", plan.address))?;
        Ok(Self {
            plan,
            options,
            poll,
            idle: (0..connections.len()).collect(),
            connections,
            writers,
            began: Instant::now(),
            cpu_before: cpu::seconds(),
            sent: 0,
            answered: 0,
            ended_at: 0,
            errors: BTreeMap::new(),
            times: Histogram::default(),
            piece: vec![0; READ_BYTES],
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn work(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let ends = u64::try_from(self.options.time.as_nanos()).unwrap_or(u64::MAX);
        let gives_up = ends.saturating_add(u64::try_from(LAST_WAIT.as_nanos()).unwrap_or(u64::MAX));
        loop {
            let now = self.now();
            let is_over = now >= ends || self.options.count.is_some_and(|count| self.sent >= count);
            if is_over && (self.idle.len() == self.connections.len() || now >= gives_up) {
                self.ended_at = now;
                let lost = self.connections.len() - self.idle.len();
                if lost > 0 {
                    *self.errors.entry("no_answer".to_owned()).or_default() += lost as u64;
                }
                return Ok(());
            }
            let next_due = if is_over { None } else { self.send_what_is_due(now)? };
            let wait = next_due.unwrap_or(if is_over { gives_up } else { ends });
            let wait = Duration::from_nanos(wait.saturating_sub(self.now()));
            match self.poll.poll(&mut events, Some(wait)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled?,
            }
            for event in &events {
                self.look(event.token().0)?;
            }
        }
    }

    /// Sends on idle connections, and tells when the next request is due if one is free for it.
    fn send_what_is_due(&mut self, now: u64) -> io::Result<Option<u64>> {
        while let Some(&at) = self.idle.front() {
            if self.options.count.is_some_and(|count| self.sent >= count) {
                return Ok(None);
            }
            let due = self.due(self.sent).unwrap_or(now);
            if due > now {
                return Ok(Some(due));
            }
            self.idle.pop_front();
            let writers = self.writers.len();
            let writer = &mut self.writers[at % writers];
            self.sent += 1;
            if self.connections[at].send(due, |out| writer.write(out)).is_err() {
                self.broken(at, "failed")?;
            }
        }
        Ok(None)
    }

    /// When a request is due, where there is a rate.
    fn due(&self, number: u64) -> Option<u64> {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "exact far beyond any run"
        )]
        self.options.rate.map(|rate| (number as f64 / rate * NANOSECONDS) as u64)
    }

    fn look(&mut self, at: usize) -> io::Result<()> {
        if self.connections[at].flush().is_err() {
            return self.broken(at, "failed");
        }
        match self.connections[at].look(&mut self.piece) {
            Event::Nothing => Ok(()),
            Event::Broken(reason) => self.broken(at, reason),
            Event::Answered(response) => self.take(at, &response),
        }
    }

    fn take(&mut self, at: usize, response: &Response) -> io::Result<()> {
        let Some(due) = self.connections[at].due else {
            return self.broken(at, "an answer that nobody asked for");
        };
        if OK.contains(&response.status) {
            self.answered += 1;
            self.times.add(self.now().saturating_sub(due));
        } else {
            let code = response::code(response.status, self.connections[at].body(response));
            *self.errors.entry(code).or_default() += 1;
        }
        self.connections[at].done(response);
        if response.closes {
            self.reopen(at)?;
        }
        self.idle.push_back(at);
        Ok(())
    }

    /// Counts what was lost, if anything was on its way, and connects anew.
    fn broken(&mut self, at: usize, reason: &str) -> io::Result<()> {
        let was_asked = self.connections[at].due.is_some();
        if was_asked {
            *self.errors.entry(reason.to_owned()).or_default() += 1;
        }
        self.reopen(at)?;
        if was_asked {
            self.idle.push_back(at);
        }
        Ok(())
    }

    fn reopen(&mut self, at: usize) -> io::Result<()> {
        let fresh = Connection::open(self.plan.address, self.poll.registry(), Token(at))?;
        std::mem::replace(&mut self.connections[at], fresh).close(self.poll.registry())
    }

    fn report(&self) -> Report {
        #[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53")]
        let (seconds, answered) = (self.ended_at as f64 / NANOSECONDS, self.answered as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "exact far beyond any run"
        )]
        let due = self.options.rate.map_or(self.sent, |rate| {
            let due = (rate * self.options.time.as_secs_f64()) as u64;
            self.options.count.map_or(due, |count| due.min(count))
        });
        Report {
            requests: self.answered,
            errors: self.errors.clone(),
            seconds,
            requests_a_second: if seconds > 0.0 { answered / seconds } else { 0.0 },
            microseconds: Percentiles::of(&self.times),
            cpu_seconds: cpu::seconds() - self.cpu_before,
            not_sent: due.saturating_sub(self.sent),
        }
    }
}
