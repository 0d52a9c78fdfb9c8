//! zstd with everything fixed that its output depends on, so that the same packs come out on every machine.

use std::cell::RefCell;
use std::io;
use std::path::Path;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::error::BundleError;

/// Level 3 is where a core compresses about as fast as a disk writes; level 9 is a tenth smaller at 4 times the cost.
const LEVEL: i32 = 3;
/// A window as large as a pack: the level's own is half of it.
const WINDOW_LOG: u32 = 22;

thread_local! {
    /// Making a context and faulting in the memory of its tables costs a tenth of compressing a pack.
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

struct Context {
    compressor: Compressor<'static>,
    out: Vec<u8>,
}

/// Compress on this thread alone; the result depends on nothing but `content`.
pub fn compress(content: &[u8]) -> Result<Vec<u8>, BundleError> {
    CONTEXT
        .with_borrow_mut(|place| {
            let Context { compressor, out } = match place {
                Some(used) => used,
                None => place.insert(Context { compressor: compressor()?, out: Vec::new() }),
            };
            out.clear();
            out.reserve(zstd::zstd_safe::compress_bound(content.len()));
            compressor.compress_to_buffer(content, out)?;
            Ok(out.clone())
        })
        // Only memory that cannot be had makes it fail.
        .map_err(BundleError::write(Path::new("a compressed pack")))
}

fn compressor() -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
    compressor.include_checksum(false)?;
    compressor.include_contentsize(true)?;
    compressor.include_dictid(false)?;
    Ok(compressor)
}

/// Decompress to exactly `length` bytes, never setting aside more.
pub fn decompress(stored: &[u8], length: usize) -> io::Result<Vec<u8>> {
    let content = Decompressor::new()?.decompress(stored, length)?;
    if content.len() == length { Ok(content) } else { Err(io::ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_comes_back_at_its_length_and_no_other() {
        let content = b"lesson ".repeat(1_000);
        let stored = compress(&content).unwrap();
        assert_eq!(content, decompress(&stored, content.len()).unwrap());
        assert!(decompress(&stored, content.len() - 1).is_err());
        assert!(decompress(&stored, content.len() + 1).is_err());
        assert!(decompress(&stored[..stored.len() - 1], content.len()).is_err());
    }

    /// Another zstd, or another setting, gives other bytes: then packs of one folder differ between machines.
    #[test]
    fn the_output_never_changes() {
        let mut noise = vec![0; 200_000];
        blake3::Hasher::new().finalize_xof().fill(&mut noise);
        let content: Vec<u8> = noise.iter().map(|byte| b"etaoin shrdlu\n"[usize::from(byte % 14)]).collect();
        assert_eq!(GOLDEN_DIGEST, crate::hashing::hex(&crate::hashing::blake3(&compress(&content).unwrap())));
    }

    const GOLDEN_DIGEST: &str = "f217ab540eee3dfa64e89efd91ee2a13294540a9ef6983eec3bfdbe12aa4ce06";
}
