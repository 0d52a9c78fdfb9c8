//! Which processes share a table, and which of them have ended.

#[cfg(target_os = "linux")]
pub(crate) use linux::{has_ended, me, namespaces};

#[cfg(not(target_os = "linux"))]
pub(crate) use alone::{has_ended, me};

/// Where a table is never shared there is one process, and it lives.
#[cfg(not(target_os = "linux"))]
mod alone {
    use crate::table::machine::Peer;

    pub(crate) fn me() -> Peer {
        Peer { pid: 0, started: 0 }
    }

    pub(crate) fn has_ended(_: Peer) -> bool {
        false
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::io::ErrorKind;
    use std::os::unix::fs::MetadataExt;

    use crate::table::machine::Peer;

    /// Stands for a start that could not be read, as where a process has no descriptor left for it.
    const UNKNOWN: u32 = 0;

    pub(crate) fn me() -> Peer {
        let stat = fs::read_to_string("/proc/self/stat").ok();
        let started = stat.and_then(|stat| Stat::parse(&stat)).map_or(UNKNOWN, |stat| stat.started);
        Peer { pid: std::process::id(), started }
    }

    /// The namespaces in which process ids and the clock are counted: a process of another one would seem dead, or
    /// read other times. Kernels before 5.6 have one time for all.
    pub(crate) fn namespaces() -> std::io::Result<u64> {
        let processes = fs::metadata("/proc/self/ns/pid")?.ino();
        let times = match fs::metadata("/proc/self/ns/time") {
            Ok(facts) => facts.ino(),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        // The kernel counts both in 32 bits.
        Ok(times << 32 | processes & u64::from(u32::MAX))
    }

    pub(crate) fn has_ended(peer: Peer) -> bool {
        match fs::read_to_string(format!("/proc/{}/stat", peer.pid)) {
            Ok(stat) => Stat::parse(&stat).is_some_and(|stat| stat.over || !stat.may_be(peer)),
            // With /proc mounted for one user only, the processes of others are not found either: only what
            // the kernel says counts.
            Err(error) => error.kind() == ErrorKind::NotFound && is_unknown(peer.pid),
        }
    }

    fn is_unknown(pid: u32) -> bool {
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
    }

    /// What /proc/PID/stat says of a process.
    #[derive(Debug, PartialEq, Eq)]
    struct Stat {
        /// Killed or returned, and only waiting to be asked for its status.
        over: bool,
        started: u32,
    }

    impl Stat {
        /// The name of the program stands in brackets and may itself hold brackets and spaces.
        fn parse(text: &str) -> Option<Self> {
            let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
            // Fields 3, 20 and 22 of proc(5). A leader that ended before its threads is a zombie with threads.
            let state = *fields.first()?;
            let threads: u64 = fields.get(17)?.parse().ok()?;
            let started: u64 = fields.get(19)?.parse().ok()?;
            let over = matches!(state, "Z" | "X") && threads <= 1;
            let started = (started & ((1 << Peer::START_BITS) - 1)) as u32;
            Some(Self { over, started: started.max(UNKNOWN + 1) })
        }

        fn may_be(&self, peer: Peer) -> bool {
            peer.started == UNKNOWN || peer.started == self.started
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::process::{Command, Stdio};

        #[test]
        fn this_process_lives_and_an_earlier_one_of_its_id_does_not() {
            assert!(!has_ended(me()));
            assert!(has_ended(Peer { started: me().started ^ 2, ..me() }));
        }

        #[test]
        fn a_process_that_could_not_tell_its_start_lives_as_long_as_its_id() {
            assert!(!has_ended(Peer { started: UNKNOWN, ..me() }));
            let mut child = Command::new("true").spawn().unwrap();
            child.wait().unwrap();
            assert!(has_ended(Peer { pid: child.id(), started: UNKNOWN }));
        }

        #[test]
        fn no_known_start_looks_like_an_unknown_one() {
            let of = |started: u64| format!("7 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 {started} 0");
            for started in [0, 1 << Peer::START_BITS, 5 << Peer::START_BITS] {
                assert_eq!(1, Stat::parse(&of(started)).unwrap().started);
            }
        }

        #[test]
        fn a_killed_process_has_ended_before_and_after_it_is_waited_for() {
            let mut child = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
            let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
            let peer = Peer { pid: child.id(), started: Stat::parse(&stat).unwrap().started };
            assert!(!has_ended(peer));
            child.kill().unwrap();
            while !has_ended(peer) {
                std::thread::yield_now();
            }
            child.wait().unwrap();
            assert!(has_ended(peer));
        }

        #[test]
        fn a_program_may_be_called_what_it_likes() {
            let rest = "S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 16777217 0";
            let expected = Some(Stat { over: false, started: 1 });
            assert_eq!(expected, Stat::parse(&format!("7 (a) Z (b) {rest}")));
            assert_eq!(None, Stat::parse("7 (a) S 1"));
            assert_eq!(None, Stat::parse("7"));
        }

        #[test]
        fn a_zombie_with_threads_left_lives() {
            let of = |threads: u32| {
                Stat::parse(&format!("7 (a) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 {threads} 0 5 0"))
            };
            assert_eq!([Some(true), Some(false)], [1, 2].map(|threads| of(threads).map(|stat| stat.over)));
        }
    }
}
