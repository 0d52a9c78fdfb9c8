//! How much memory may be reserved without ending somebody.
//!
//! Reserving more than there is does not fail politely everywhere: the kernel may end a process to make room.
//! So the question is asked before.

use std::fs;
use std::path::Path;

use super::TableError;

/// Of what is available, so much stays for others.
const KEEP_ONE_IN: u64 = 8;

/// Refuse a table that the machine, or the group that this process is confined to, has no room for.
pub(super) fn check_room(wanted: u64, available: Option<u64>) -> Result<(), TableError> {
    match available {
        Some(available) if wanted > available - available / KEEP_ONE_IN => {
            Err(TableError::Memory { wanted, available })
        }
        _ => Ok(()),
    }
}

/// Bytes that could be reserved, as far as the system tells.
pub(super) fn bytes() -> Option<u64> {
    let read = |path: &str| fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| of_machine(&text));
    let groups = read("/proc/self/cgroup").map_or_else(Vec::new, |text| of_groups(&text, read));
    machine.into_iter().chain(groups).min()
}

fn of_machine(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

/// What the own control group (version 2) and each one above it leave; one that confines nothing is left out.
fn of_groups(cgroup: &str, read: impl Fn(&str) -> Option<String>) -> Vec<u64> {
    let Some(own) = cgroup.lines().find_map(|line| line.strip_prefix("0::")) else { return Vec::new() };
    let mut left = Vec::new();
    for group in Path::new(own).ancestors() {
        let file = |name: &str| read(&format!("/sys/fs/cgroup{}/{name}", group.display()).replace("//", "/"));
        if let (Some(most), Some(used)) = (file("memory.max"), file("memory.current")) {
            left.extend(of_group(&most, &used, &file("memory.stat").unwrap_or_default()));
        }
    }
    left
}

/// `most` is a number of bytes, or the word "max". Pages of files that nobody uses count as used until their room is
/// needed: where much was read or written they are most of it.
fn of_group(most: &str, used: &str, stat: &str) -> Option<u64> {
    let most: u64 = most.trim().parse().ok()?;
    let used: u64 = used.trim().parse().ok()?;
    let idle = stat.lines().find_map(|line| line.strip_prefix("inactive_file "));
    let idle: u64 = idle.and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
    Some(most.saturating_sub(used.saturating_sub(idle)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_read() {
        assert_eq!(Some(2048), of_machine("MemTotal:  9 kB\nMemAvailable:          2 kB\n"));
        assert_eq!(None, of_machine("MemTotal: 9 kB\n"));
    }

    #[test]
    fn of_a_group_what_is_used_counts_but_not_idle_pages_of_files() {
        assert_eq!(Some(60), of_group("100\n", "40\n", ""));
        assert_eq!(Some(85), of_group("100\n", "40\n", "anon 15\ninactive_file 25\nactive_file 0\n"));
        assert_eq!(Some(0), of_group("100\n", "140\n", "inactive_file 25\n"));
        assert_eq!(None, of_group("max\n", "40\n", ""));
    }

    #[test]
    fn every_group_above_confines_too() {
        let read = |path: &str| {
            let text = match path {
                "/sys/fs/cgroup/a/b/memory.max" => "100",
                "/sys/fs/cgroup/a/memory.max" => "50",
                "/sys/fs/cgroup/a/b/memory.current" | "/sys/fs/cgroup/a/memory.current" => "30",
                "/sys/fs/cgroup/memory.stat" => "inactive_file 9",
                _ => return None,
            };
            Some(text.to_owned())
        };
        assert_eq!(vec![70, 20], of_groups("1:name=x:/\n0::/a/b\n", read));
        assert_eq!(Vec::<u64>::new(), of_groups("0::/\n", read));
        assert_eq!(Vec::<u64>::new(), of_groups("4:memory:/a/b\n", read));
    }

    #[test]
    fn this_machine_says_it() {
        assert!(bytes().is_some_and(|bytes| bytes > 1 << 20));
    }

    #[test]
    fn a_table_that_would_take_nearly_all_is_refused() {
        assert!(check_room(87, Some(100)).is_ok());
        assert!(matches!(check_room(89, Some(100)), Err(TableError::Memory { wanted: 89, available: 100 })));
        assert!(check_room(u64::MAX, None).is_ok());
    }
}
