//! The bytes of a chunk, one thing after the other.

/// What is left of the bytes.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

/// The file ends within something.
pub(super) const SHORT: &str = "something in the file is longer than what holds it";

impl<'a> Cursor<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn u32(&mut self) -> Result<u32, String> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*taken))
    }

    /// A count or length that the file claims.
    pub(super) fn size(&mut self) -> Result<usize, String> {
        usize::try_from(self.u32()?).map_err(|_| SHORT.to_owned())
    }

    /// Bytes that are told how many they are.
    pub(super) fn text(&mut self) -> Result<&'a [u8], String> {
        let length = self.size()?;
        self.bytes(length)
    }

    /// Items of a size, that are told how many they are.
    pub(super) fn items(&mut self, bytes_each: usize) -> Result<&'a [u8], String> {
        let count = self.size()?;
        self.bytes(count.checked_mul(bytes_each).ok_or(SHORT)?)
    }

    /// Numbers by which instances are called: each is told by its distance from the one before, its bytes apart.
    pub(super) fn referents(&mut self, count: usize) -> Result<Vec<i32>, String> {
        let bytes = self.bytes(count.checked_mul(4).ok_or(SHORT)?)?;
        let mut last = 0i32;
        let mut referents = Vec::with_capacity(count);
        for index in 0..count {
            let parts = [0, 1, 2, 3].map(|part| bytes[index + part * count]);
            let twisted = u32::from_be_bytes(parts);
            let distance = (twisted >> 1).cast_signed() ^ -(twisted & 1).cast_signed();
            last = last.checked_add(distance).ok_or("the numbers of the instances are out of range")?;
            referents.push(last);
        }
        Ok(referents)
    }
}
