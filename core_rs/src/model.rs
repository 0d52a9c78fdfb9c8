//! An exhaustive scheduler: runs the algorithms of the tables in every order that there is.
//!
//! A process is a closure over a `Player`. Each access to the shared words, each reading of the clock and each
//! question about another process is one step. From each state every process may take the next step, and those
//! marked mortal may be killed instead; states that were seen before are not visited again. All accesses of the
//! real thing are sequentially consistent, so these orders are all its behaviours.
//!
//! A step re-runs its process from the beginning with the answers it got so far, makes one new access and
//! leaves by unwinding. Processes must therefore depend on nothing but those answers.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use crate::table::machine::{Cells, Machine, Peer};

/// What all processes share.
#[derive(Clone, Debug, Hash)]
pub(crate) struct World {
    pub words: Vec<u64>,
    pub now: Duration,
    /// By process.
    pub dead: Vec<bool>,
}

/// One of the processes.
pub(crate) struct Process<'a> {
    run: Box<dyn Fn(&Player) -> u64 + 'a>,
    mortal: bool,
}

/// A process that ends with `run`'s number.
pub(crate) fn process<'a>(run: impl Fn(&Player) -> u64 + 'a) -> Process<'a> {
    Process { run: Box::new(run), mortal: false }
}

/// One that may be killed before any of its steps.
pub(crate) fn mortal<'a>(run: impl Fn(&Player) -> u64 + 'a) -> Process<'a> {
    Process { run: Box::new(run), mortal: true }
}

/// Time, going on by these strides at any moments.
pub(crate) fn time(strides: &[Duration]) -> Process<'_> {
    process(move |player| {
        for stride in strides {
            player.step(|world| {
                world.now += *stride;
                0
            });
        }
        0
    })
}

/// How far a process has come.
#[derive(Clone, Debug, Default, Hash)]
struct Progress {
    answers: Vec<u64>,
    ended: Option<u64>,
}

/// A process's view of the world.
pub(crate) struct Player {
    me: u32,
    inner: RefCell<Inner>,
}

struct Inner {
    world: World,
    answers: Vec<u64>,
    at: usize,
    may_step: bool,
}

/// What a process unwinds with when its step is over.
struct Paused;

impl Player {
    /// The answer of this step: a known one, or the one new one, or the end of the turn.
    fn step(&self, act: impl FnOnce(&mut World) -> u64) -> u64 {
        let mut inner = self.inner.borrow_mut();
        let at = inner.at;
        if let Some(answer) = inner.answers.get(at).copied() {
            inner.at += 1;
            return answer;
        }
        if !inner.may_step {
            drop(inner);
            resume_unwind(Box::new(Paused));
        }
        inner.may_step = false;
        let answer = act(&mut inner.world);
        inner.answers.push(answer);
        inner.at += 1;
        answer
    }
}

impl Cells for Player {
    fn load(&self, at: usize) -> u64 {
        self.step(|world| world.words[at])
    }

    fn store(&self, at: usize, value: u64) {
        self.step(|world| {
            world.words[at] = value;
            0
        });
    }

    fn swap_if(&self, at: usize, seen: u64, new: u64) -> bool {
        let swapped = self.step(|world| {
            let same = world.words[at] == seen;
            if same {
                world.words[at] = new;
            }
            u64::from(same)
        });
        swapped == 1
    }

    /// No step: it changes nothing.
    fn prefetch(&self, _: usize) {}
}

impl Machine for Player {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.step(|world| u64::try_from(world.now.as_nanos()).unwrap()))
    }

    fn me(&self) -> Peer {
        Peer { pid: self.me, started: 1 }
    }

    fn is_dead(&self, peer: Peer) -> bool {
        self.step(|world| u64::from(world.dead[peer.pid as usize])) == 1
    }
}

/// How a run ended: the number of each process, nothing for a killed one.
pub(crate) type Ends = Vec<Option<u64>>;

/// Run the processes in every order from a world of `words`; `check` sees every end. Gives the number of states.
pub(crate) fn explore(
    words: Vec<u64>,
    now: Duration,
    processes: &[Process<'_>],
    mut check: impl FnMut(&Ends, &World),
) -> usize {
    let start = World { words, now, dead: vec![false; processes.len()] };
    let mut open = vec![(start, vec![Progress::default(); processes.len()])];
    let mut seen = HashSet::new();
    while let Some(state) = open.pop() {
        if !seen.insert(fingerprint(&state)) {
            continue;
        }
        let (world, all) = &state;
        let mut over = true;
        for (me, process) in processes.iter().enumerate() {
            if all[me].ended.is_some() || world.dead[me] {
                continue;
            }
            over = false;
            let (next, progress) = advance(process, me, world, &all[me]);
            let mut others = all.clone();
            others[me] = progress;
            open.push((next, others));
            if process.mortal {
                let mut killed = world.clone();
                killed.dead[me] = true;
                open.push((killed, all.clone()));
            }
        }
        if over {
            check(&all.iter().map(|progress| progress.ended).collect(), world);
        }
    }
    seen.len()
}

/// Run one more process alone, in a world that came to rest at `later` or after; its number and what it leaves.
pub(crate) fn alone(world: &World, later: Duration, run: impl Fn(&Player) -> u64) -> (u64, World) {
    let (stranger, me) = (process(run), world.dead.len());
    let mut world = World { now: world.now.max(later), ..world.clone() };
    world.dead.push(false);
    let mut progress = Progress::default();
    loop {
        (world, progress) = advance(&stranger, me, &world, &progress);
        if let Some(number) = progress.ended {
            return (number, world);
        }
    }
}

/// A world of `words` zeros, before anything.
pub(crate) fn nothing(words: usize) -> World {
    World { words: vec![0; words], now: Duration::ZERO, dead: Vec::new() }
}

/// Two hashes, because a collision would skip a state in silence.
fn fingerprint(state: &(World, Vec<Progress>)) -> (u64, u64) {
    let (mut first, mut second) = (DefaultHasher::new(), DefaultHasher::new());
    state.hash(&mut first);
    1_u8.hash(&mut second);
    state.hash(&mut second);
    (first.finish(), second.finish())
}

fn advance(process: &Process<'_>, me: usize, world: &World, progress: &Progress) -> (World, Progress) {
    let player = Player {
        me: u32::try_from(me).unwrap(),
        inner: RefCell::new(Inner {
            world: world.clone(),
            answers: progress.answers.clone(),
            at: 0,
            may_step: true,
        }),
    };
    let ended = match catch_unwind(AssertUnwindSafe(|| (process.run)(&player))) {
        Ok(number) => Some(number),
        Err(payload) if payload.is::<Paused>() => None,
        Err(payload) => resume_unwind(payload),
    };
    let inner = player.inner.into_inner();
    (inner.world, Progress { answers: inner.answers, ended })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_one(player: &Player) -> u64 {
        let seen = player.load(0);
        player.store(0, seen + 1);
        0
    }

    fn add_one_atomically(player: &Player) -> u64 {
        loop {
            let seen = player.load(0);
            if player.swap_if(0, seen, seen + 1) {
                return 0;
            }
        }
    }

    fn sums(run: fn(&Player) -> u64) -> HashSet<u64> {
        let mut sums = HashSet::new();
        explore(vec![0], Duration::ZERO, &[process(run), process(run)], |_, world| {
            sums.insert(world.words[0]);
        });
        sums
    }

    #[test]
    fn it_finds_the_lost_update_and_none_where_there_is_none() {
        assert_eq!(HashSet::from([1, 2]), sums(add_one));
        assert_eq!(HashSet::from([2]), sums(add_one_atomically));
    }

    #[test]
    fn it_kills_before_every_step() {
        let mut left = HashSet::new();
        let writer = mortal(|player| {
            player.store(0, 1);
            player.store(0, 2);
            7
        });
        explore(vec![0], Duration::ZERO, &[writer], |ends, world| {
            left.insert((ends[0], world.words[0]));
        });
        assert_eq!(HashSet::from([(None, 0), (None, 1), (Some(7), 2)]), left);
    }
}
