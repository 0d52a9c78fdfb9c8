//! The chunks of a binary model, unpacked.

use super::cursor::Cursor;

const MAGIC: &[u8] = b"<roblox!\x89\xff\r\n\x1a\n\0\0";
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// All chunks together. The largest place that Roblox takes is not half as large.
const MOST_PLAIN_BYTES: usize = 512 << 20;
/// What one byte of LZ4 can stand for, at the most.
const MOST_LZ4_RATIO: usize = 255;

/// A chunk: its four letters, and what it holds.
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) plain: Vec<u8>,
}

/// All chunks, the last being `END`.
pub(super) struct Opened {
    pub(super) chunks: Vec<Chunk>,
}

/// Unpack a file.
pub(super) fn open(file: &[u8]) -> Result<Opened, String> {
    let mut rest = Cursor(file);
    if rest.bytes(MAGIC.len()) != Ok(MAGIC) {
        return Err("the file does not begin as a binary model does".to_owned());
    }
    // How many classes and instances there are, which the chunks say again.
    rest.bytes(8)?;
    if rest.bytes(8)? != [0; 8] {
        return Err("the head of the file is not that of a model that is known".to_owned());
    }
    let mut opened = Opened { chunks: Vec::new() };
    let mut total = 0;
    loop {
        let name = *rest.0.first_chunk().ok_or("the file ends without its END")?;
        rest.bytes(4)?;
        let (packed, plain) = (rest.size()?, rest.size()?);
        rest.bytes(4)?;
        total += plain;
        if total > MOST_PLAIN_BYTES {
            return Err(format!("unpacked, the file takes more than {MOST_PLAIN_BYTES} bytes"));
        }
        let plain =
            if packed == 0 { rest.bytes(plain)?.to_vec() } else { unpack(rest.bytes(packed)?, plain)? };
        opened.chunks.push(Chunk { name, plain });
        if name == *b"END\0" {
            return Ok(opened);
        }
    }
}

fn unpack(packed: &[u8], claimed: usize) -> Result<Vec<u8>, String> {
    let wrong = || "a chunk does not unpack to what it claims".to_owned();
    let plain = if packed.starts_with(&ZSTD) {
        zstd::bulk::decompress(packed, claimed).map_err(|_| wrong())?
    } else if claimed / MOST_LZ4_RATIO > packed.len() {
        return Err("a chunk claims to be larger than it can be".to_owned());
    } else {
        lz4_flex::block::decompress(packed, claimed).map_err(|_| wrong())?
    };
    if plain.len() == claimed { Ok(plain) } else { Err(wrong()) }
}

impl Opened {
    /// The same model with nothing packed.
    pub(super) fn plain(&self) -> Vec<u8> {
        let size: usize = self.chunks.iter().map(|chunk| 16 + chunk.plain.len()).sum();
        let mut file = Vec::with_capacity(32 + size);
        file.extend(MAGIC);
        // No counts, which would only say how much to reserve.
        file.extend([0; 16]);
        for chunk in &self.chunks {
            let length = u32::try_from(chunk.plain.len()).unwrap_or(u32::MAX);
            file.extend(chunk.name);
            file.extend([0; 4]);
            file.extend(length.to_le_bytes());
            file.extend([0; 4]);
            file.extend(&chunk.plain);
        }
        file
    }
}
