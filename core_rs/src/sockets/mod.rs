//! Writes to many sockets in one go, without a turn through an event loop for each of them.
//!
//! Whoever calls owns the sockets, and knows that nothing waits to be written to them.

#[cfg(unix)]
mod raw;

/// A socket that did not take all of it at once, by its place among those that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// Its place.
    pub index: usize,
    /// How many bytes it took.
    pub taken: usize,
}

/// Write each of the bytes to its socket, as far as that is taken now. What went wrong is as good as nothing taken:
/// whoever writes the rest finds out why.
pub fn send<'d>(parcels: impl Iterator<Item = (i32, &'d [u8])>) -> Vec<Short> {
    parcels
        .enumerate()
        .filter_map(|(index, (socket, data))| {
            let taken = taken(socket, data);
            (taken < data.len()).then_some(Short { index, taken })
        })
        .collect()
}

#[cfg(unix)]
fn taken(socket: i32, data: &[u8]) -> usize {
    raw::send(socket, data)
}

#[cfg(not(unix))]
fn taken(_socket: i32, _data: &[u8]) -> usize {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    use super::{Short, send};

    #[test]
    fn every_socket_gets_its_own() {
        let (one, mut at_one) = UnixStream::pair().unwrap();
        let (two, mut at_two) = UnixStream::pair().unwrap();
        let parcels = [(one.as_raw_fd(), b"first".as_slice()), (two.as_raw_fd(), b"second".as_slice())];

        assert_eq!(Vec::<Short>::new(), send(parcels.into_iter()));
        let mut got = [0; 5];
        at_one.read_exact(&mut got).unwrap();
        assert_eq!(b"first", &got);
        let mut got = [0; 6];
        at_two.read_exact(&mut got).unwrap();
        assert_eq!(b"second", &got);
    }

    #[test]
    fn what_is_not_taken_is_told_and_holds_nobody_up() {
        let (full, mut at_full) = UnixStream::pair().unwrap();
        let (other, mut at_other) = UnixStream::pair().unwrap();
        let much = vec![7; 8 << 20];
        let parcels = [(full.as_raw_fd(), much.as_slice()), (other.as_raw_fd(), b"x".as_slice())];

        let short = send(parcels.into_iter());
        assert_eq!((1, 0), (short.len(), short[0].index));
        assert!((1..much.len()).contains(&short[0].taken));
        let mut got = vec![0; short[0].taken];
        at_full.read_exact(&mut got).unwrap();
        assert!(got.iter().all(|&byte| byte == 7));
        let mut got = [0; 1];
        at_other.read_exact(&mut got).unwrap();
        assert_eq!(b"x", &got);
    }

    #[test]
    fn one_that_was_closed_by_the_other_side_took_nothing_and_ends_nobody() {
        let (gone, at_gone) = UnixStream::pair().unwrap();
        drop(at_gone);

        assert_eq!(
            vec![Short { index: 0, taken: 0 }],
            send([(gone.as_raw_fd(), b"x".as_slice())].into_iter())
        );
    }
}
