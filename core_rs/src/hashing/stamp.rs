//! What the file system says about a file without reading it.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

/// File systems keep times in steps, FAT the coarsest of 2 seconds. A file changed less than this before it was looked
/// at may change once more and keep its times, so what was learnt about it is not remembered (as git does).
const COARSEST_STEP_NS: i64 = 2_000_000_000;

/// Equal stamps mean equal content, unless somebody lies: with the clock of the machine, or of the one that has the files
/// if that is behind; on Windows with the times of a file; or by writing through a mapping that stays open.
/// Verifying a memo finds such a lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub size: u64,
    pub modified_ns: i64,
    /// When the inode changed, which no program can set; on Windows the time of creation.
    pub changed_ns: i64,
    /// 0 on Windows.
    pub inode: u64,
}

impl Stamp {
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self {
                size: metadata.len(),
                modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
                changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
                inode: metadata.ino(),
            }
        }
        #[cfg(not(unix))]
        {
            Self {
                size: metadata.len(),
                modified_ns: metadata.modified().map_or(0, since_epoch_ns),
                changed_ns: metadata.created().map_or(0, since_epoch_ns),
                inode: 0,
            }
        }
    }

    /// The same of what a handle of the folder says.
    #[cfg(unix)]
    #[must_use]
    pub(crate) fn of_stat(stat: &rustix::fs::Stat) -> Self {
        // The types of these fields differ between systems; all values fit.
        #[allow(
            clippy::unnecessary_cast,
            clippy::cast_sign_loss,
            clippy::cast_possible_wrap,
            clippy::cast_lossless
        )]
        Self {
            size: stat.st_size as u64,
            modified_ns: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed_ns: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            inode: stat.st_ino as u64,
        }
    }

    /// Whether a change after `looked_at_ns` must show in the stamp.
    #[must_use]
    pub fn was_at_rest(&self, looked_at_ns: i64) -> bool {
        self.modified_ns.max(self.changed_ns) < looked_at_ns.saturating_sub(COARSEST_STEP_NS)
    }
}

/// The time now, to compare with a stamp's.
#[must_use]
pub fn now_ns() -> i64 {
    since_epoch_ns(SystemTime::now())
}

fn since_epoch_ns(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

#[cfg(unix)]
fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_touched_a_moment_ago_or_in_the_future_is_not_at_rest() {
        let now = now_ns();
        let stamp = |modified_ns, changed_ns| Stamp { size: 1, modified_ns, changed_ns, inode: 1 };
        let old = now - 3 * COARSEST_STEP_NS;
        assert!(stamp(old, old).was_at_rest(now));
        assert!(!stamp(now, old).was_at_rest(now));
        assert!(!stamp(old, now).was_at_rest(now));
        assert!(!stamp(now - COARSEST_STEP_NS, old).was_at_rest(now));
        assert!(!stamp(i64::MAX, old).was_at_rest(now));
    }

    #[cfg(unix)]
    #[test]
    fn a_handle_and_a_name_give_one_stamp() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stat = rustix::fs::fstat(file.as_file()).unwrap();
        assert_eq!(Stamp::of(&file.as_file().metadata().unwrap()), Stamp::of_stat(&stat));
    }

    #[test]
    fn times_before_the_epoch_have_a_number() {
        assert_eq!(-1_000_000_000, since_epoch_ns(UNIX_EPOCH - std::time::Duration::from_secs(1)));
    }
}
