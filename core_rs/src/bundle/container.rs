//! The file around the packs: how it begins, and the tail that says what is in it. See docs/bundle-format.md.
//!
//! ```text
//! magic | packs | index (zstd: manifest, layout) | signature block, if any | footer
//! ```

use super::caps::MOST_INDEX_BYTES;
use super::compress;
use super::error::{BundleError, SignatureFault};
use super::layout::Layout;
use super::manifest::{Manifest, name_of, within_index};
use crate::hashing::{DIGEST_LENGTH, Digest};
use crate::sign::{KEY_LENGTH, SIGNATURE_LENGTH, public_key, sign, verify};
use crate::wire::Reader;

pub const FORMAT: u8 = 1;
pub const MAGIC: [u8; 8] = *b"TBXBNDL\x01";
const END_MAGIC: [u8; 8] = *b"TBXBEND\x01";
/// What is signed is this and the version's name, so that a signature never fits anything else.
const SIGNATURE_CONTEXT: &[u8] = b"toolboxai bundle signature 1\0";
const CHECKSUM_CONTEXT: &str = "toolboxai bundle tail 1";
const HAS_SIGNATURE: u8 = 1;
const HAS_BASE: u8 = 2;
const SIGNATURE_BLOCK_BYTES: usize = KEY_LENGTH + SIGNATURE_LENGTH;
/// Name, base, three lengths, flags, three zeros.
const CHECKED_FOOTER_BYTES: usize = 2 * DIGEST_LENGTH + 3 * 4 + 4;
pub const FOOTER_BYTES: usize = CHECKED_FOOTER_BYTES + DIGEST_LENGTH + END_MAGIC.len();

/// Who vouches for a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub key: [u8; KEY_LENGTH],
    pub bytes: [u8; SIGNATURE_LENGTH],
}

impl Signature {
    #[must_use]
    pub fn make(seed: &[u8; KEY_LENGTH], name: &Digest) -> Self {
        Self { key: public_key(seed), bytes: sign(seed, &signed_message(name)) }
    }

    /// Whether `trusted` vouches for the version `name`.
    pub fn check(&self, trusted: &[u8; KEY_LENGTH], name: &Digest) -> Result<(), SignatureFault> {
        if self.key != *trusted {
            return Err(SignatureFault::OtherKey);
        }
        if self.holds(name) { Ok(()) } else { Err(SignatureFault::Wrong) }
    }

    /// Whether the owner of the key that it names made it, whoever that is.
    fn holds(&self, name: &Digest) -> bool {
        verify(&self.key, &signed_message(name), &self.bytes)
    }
}

fn signed_message(name: &Digest) -> Vec<u8> {
    [SIGNATURE_CONTEXT, name].concat()
}

/// What the tail says.
#[derive(Clone, Debug)]
pub struct Tail {
    pub name: Digest,
    /// The version that a reader must hold too, where not every chunk is carried.
    pub base: Option<Digest>,
    pub signature: Option<Signature>,
    pub manifest: Manifest,
    pub layout: Layout,
}

/// A tail's parts that decide where it begins.
#[derive(Debug)]
pub struct Footer {
    name: Digest,
    base: Option<Digest>,
    index_stored: usize,
    manifest_bytes: usize,
    layout_bytes: usize,
    signed: bool,
}

impl Footer {
    /// Read the last bytes of a bundle.
    pub fn decode(bytes: &[u8; FOOTER_BYTES]) -> Result<Self, BundleError> {
        if !bytes.ends_with(&END_MAGIC) {
            return Err(BundleError::damaged("it does not end like a bundle; part of it may be missing"));
        }
        let mut reader = Reader::new(bytes);
        let name = reader.array("the footer")?;
        let base: Digest = reader.array("the footer")?;
        let index_stored = length(&mut reader)?;
        let manifest_bytes = length(&mut reader)?;
        let layout_bytes = length(&mut reader)?;
        let [flags, 0, 0, 0] = reader.array("the footer")? else {
            return Err(BundleError::damaged("the footer has a part that is not known"));
        };
        if flags & !(HAS_SIGNATURE | HAS_BASE) != 0 || (flags & HAS_BASE == 0 && base != [0; DIGEST_LENGTH]) {
            return Err(BundleError::damaged("the footer has a part that is not known"));
        }
        if index_stored > MOST_INDEX_BYTES || manifest_bytes.saturating_add(layout_bytes) > MOST_INDEX_BYTES {
            return Err(BundleError::damaged(format!("its index is longer than {MOST_INDEX_BYTES} bytes")));
        }
        let base = (flags & HAS_BASE != 0).then_some(base);
        let signed = flags & HAS_SIGNATURE != 0;
        Ok(Self { name, base, index_stored, manifest_bytes, layout_bytes, signed })
    }

    /// How long the tail is, the footer included.
    #[must_use]
    pub fn tail_bytes(&self) -> usize {
        self.index_stored + if self.signed { SIGNATURE_BLOCK_BYTES } else { 0 } + FOOTER_BYTES
    }

    /// Read the whole tail, of which this is the footer.
    pub fn decode_tail(&self, tail: &[u8]) -> Result<Tail, BundleError> {
        let mut reader = Reader::new(tail);
        let checked = reader.take(tail.len().saturating_sub(DIGEST_LENGTH + END_MAGIC.len()), "the tail")?;
        if blake3::derive_key(CHECKSUM_CONTEXT, checked) != reader.array("the checksum")? {
            return Err(BundleError::damaged("the checksum of its tail is wrong"));
        }
        let mut reader = Reader::new(checked);
        let stored = reader.take(self.index_stored, "the index")?;
        let signature = if self.signed {
            Some(Signature { key: reader.array("the signature")?, bytes: reader.array("the signature")? })
        } else {
            None
        };
        let index = compress::decompress(stored, self.manifest_bytes + self.layout_bytes)
            .map_err(|_| BundleError::damaged("its index does not decompress to what it should"))?;
        let (manifest, layout) = index.split_at(self.manifest_bytes);
        if name_of(manifest) != self.name {
            return Err(BundleError::damaged("its name is not that of its manifest"));
        }
        if signature.is_some_and(|signature| !signature.holds(&self.name)) {
            return Err(BundleError::damaged("its signature does not belong to its content"));
        }
        let manifest = Manifest::decode(manifest)?;
        let layout = Layout::decode(layout, &manifest)?;
        if self.base.is_none() && layout.order.len() != manifest.chunks().len() {
            return Err(BundleError::damaged("chunks are missing, and it does not say where they are"));
        }
        Ok(Tail { name: self.name, base: self.base, signature, manifest, layout })
    }
}

/// The tail of a bundle: everything after the packs.
pub fn encode_tail(
    manifest: &[u8],
    layout: &[u8],
    base: Option<&Digest>,
    signature: Option<&Signature>,
) -> Result<Vec<u8>, BundleError> {
    within_index(manifest.len(), layout.len())?;
    let stored = compress::compress(&[manifest, layout].concat())?;
    let mut out = Vec::with_capacity(stored.len() + SIGNATURE_BLOCK_BYTES + FOOTER_BYTES);
    out.extend(&stored);
    if let Some(signature) = signature {
        out.extend(signature.key);
        out.extend(signature.bytes);
    }
    out.extend(name_of(manifest));
    out.extend(base.unwrap_or(&[0; DIGEST_LENGTH]));
    for length in [stored.len(), manifest.len(), layout.len()] {
        // All three are below the cap, which fits.
        out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }
    let flags = signature.map_or(0, |_| HAS_SIGNATURE) | base.map_or(0, |_| HAS_BASE);
    out.extend([flags, 0, 0, 0]);
    let checksum = blake3::derive_key(CHECKSUM_CONTEXT, &out);
    out.extend(checksum);
    out.extend(END_MAGIC);
    Ok(out)
}

fn length(reader: &mut Reader<'_>) -> Result<usize, BundleError> {
    Ok(usize::try_from(u32::from_le_bytes(reader.array("the footer")?)).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_key_and_its_version_alone() {
        let seed = [7; KEY_LENGTH];
        let signature = Signature::make(&seed, &[1; DIGEST_LENGTH]);
        assert_eq!(Ok(()), signature.check(&public_key(&seed), &[1; DIGEST_LENGTH]));
        assert_eq!(Err(SignatureFault::Wrong), signature.check(&public_key(&seed), &[2; DIGEST_LENGTH]));
        let other = public_key(&[8; KEY_LENGTH]);
        assert_eq!(Err(SignatureFault::OtherKey), signature.check(&other, &[1; DIGEST_LENGTH]));
        let lying = Signature { key: other, ..signature };
        assert_eq!(Err(SignatureFault::Wrong), lying.check(&other, &[1; DIGEST_LENGTH]));
    }
}
