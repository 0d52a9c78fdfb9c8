//! Reading and writing of our binary formats: little-endian numbers, and LEB128 for counts and lengths.
//!
//! A number has one spelling only, so that equal content has equal bytes.

/// Why bytes are not what the format says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("it ends inside {0}")]
    Short(&'static str),
    #[error("{0} is not spelled in the shortest way")]
    NotCanonical(&'static str),
    #[error("{what} is {value}, above the cap of {cap}")]
    AboveCap { what: &'static str, value: u64, cap: u64 },
    #[error("{0}")]
    Wrong(&'static str),
}

/// The unread rest of some bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub fn left(&self) -> usize {
        self.0.len()
    }

    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], WireError> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(WireError::Short(what))?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WireError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(WireError::Short(what))?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn byte(&mut self, what: &'static str) -> Result<u8, WireError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    pub fn varint(&mut self, what: &'static str) -> Result<u64, WireError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && byte > 1 {
                return Err(WireError::NotCanonical(what));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                // A last byte of zero adds nothing, except where it is the only one.
                return if byte == 0 && shift > 0 { Err(WireError::NotCanonical(what)) } else { Ok(value) };
            }
        }
        Err(WireError::NotCanonical(what))
    }

    /// A length or number of at most `cap`.
    pub fn capped(&mut self, cap: usize, what: &'static str) -> Result<usize, WireError> {
        let value = self.varint(what)?;
        usize::try_from(value).ok().filter(|value| *value <= cap).ok_or(WireError::AboveCap {
            what,
            value,
            cap: cap as u64,
        })
    }

    /// How many rows follow: at most `cap`, and never more than the bytes left can hold,
    /// so that memory is only set aside for rows that can be there.
    pub fn rows(
        &mut self,
        cap: usize,
        least_row_bytes: usize,
        what: &'static str,
    ) -> Result<usize, WireError> {
        let rows = self.capped(cap, what)?;
        if rows > self.left() / least_row_bytes { Err(WireError::Short(what)) } else { Ok(rows) }
    }

    pub fn end(&self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::Wrong("there are bytes after the end")) }
    }
}

pub fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

/// A difference between two 32-bit numbers as a small unsigned one: 0, -1, 1, -2, ...
#[must_use]
pub fn zigzag(difference: i64) -> u64 {
    (difference.cast_unsigned() << 1) ^ (difference >> 63).cast_unsigned()
}

#[must_use]
pub fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

fn low_byte(value: u64) -> u8 {
    value.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_one_spelling() {
        for bytes in [&[0x80, 0x00][..], &[0xff, 0x80, 0x00], &[0xff; 10], &[0x80; 11]] {
            assert_eq!(Err(WireError::NotCanonical("n")), Reader::new(bytes).varint("n"), "{bytes:?}");
        }
        let mut most = vec![0xff; 9];
        most.push(1);
        assert_eq!(Ok(u64::MAX), Reader::new(&most).varint("n"));
    }

    #[test]
    fn rows_that_cannot_be_there_are_refused_before_memory_is_set_aside() {
        let bytes = [100, 0, 0, 0];
        assert_eq!(Err(WireError::Short("rows")), Reader::new(&bytes).rows(1_000, 1, "rows"));
        assert_eq!(
            Err(WireError::AboveCap { what: "rows", value: 100, cap: 99 }),
            Reader::new(&bytes).rows(99, 1, "rows")
        );
    }

    #[test]
    fn bytes_after_the_end_are_wrong() {
        let mut reader = Reader::new(&[1, 2]);
        assert_eq!(Ok(1), reader.byte("b"));
        assert!(reader.end().is_err());
        assert_eq!(Err(WireError::Short("b")), reader.take(2, "b"));
        assert_eq!(Ok([2]), reader.array("b"));
        assert_eq!(Ok(()), reader.end());
    }

    proptest! {
        #[test]
        fn numbers_come_back(value: u64) {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(Ok(value), reader.varint("n"));
            prop_assert_eq!(Ok(()), reader.end());
        }

        #[test]
        fn differences_come_back(value: i64) {
            prop_assert_eq!(value, unzigzag(zigzag(value)));
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.varint("n") {
                let mut again = Vec::new();
                push_varint(&mut again, value);
                prop_assert_eq!(&bytes[..bytes.len() - reader.left()], &again[..]);
            }
        }
    }
}
