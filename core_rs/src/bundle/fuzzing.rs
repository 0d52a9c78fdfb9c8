//! What the fuzz targets need of the inside; compiled for them alone.

use super::compress::compress;
use super::container::{MAGIC, encode_tail};
use super::layout::Layout;
use super::manifest::Manifest;
use crate::hashing::blake3;
use crate::wire::{push_varint, zigzag};

/// One path of a bundle that may not be right.
#[derive(Debug)]
pub struct Part {
    pub path: String,
    pub content: Vec<u8>,
    pub kind: u8,
}

/// Parse an index; what is taken is written the same again.
pub fn check_index(manifest_bytes: &[u8], layout_bytes: &[u8]) {
    let Ok(manifest) = Manifest::decode(manifest_bytes) else { return };
    assert_eq!(manifest_bytes, manifest.encode());
    if let Ok(layout) = Layout::decode(layout_bytes, &manifest) {
        assert_eq!(layout_bytes, layout.encode());
    }
}

/// A bundle of `parts`, each one chunk in one pack, with `changes` made where and to what they say: before everything
/// that depends on the changed bytes is computed if `mend`, and in the finished bundle if not.
#[must_use]
pub fn assemble(mut parts: Vec<Part>, changes: &[(u16, u8)], mend: bool) -> Vec<u8> {
    parts.sort_by(|a, b| a.path.cmp(&b.path));
    let mut manifest = vec![1];
    push_varint(&mut manifest, parts.len() as u64);
    let mut last: &[u8] = b"";
    let mut packs: Vec<(Vec<u8>, [u8; 32])> = Vec::new();
    for part in &parts {
        let path = part.path.as_bytes();
        let shared = last.iter().zip(path).take_while(|(a, b)| a == b).count();
        push_varint(&mut manifest, shared as u64);
        push_varint(&mut manifest, (path.len() - shared) as u64);
        manifest.extend(&path[shared..]);
        manifest.push(part.kind % 3);
        last = path;
        if part.kind % 3 == 2 {
            continue;
        }
        push_varint(&mut manifest, u64::from(!part.content.is_empty()));
        if part.content.is_empty() {
            continue;
        }
        let digest = blake3(&part.content);
        if let Some(at) = packs.iter().position(|(_, other)| *other == digest) {
            push_varint(&mut manifest, (packs.len() - at) as u64);
        } else {
            push_varint(&mut manifest, 0);
            push_varint(&mut manifest, part.content.len() as u64);
            packs.push((compress(&part.content).unwrap_or_default(), digest));
        }
    }
    manifest.extend(packs.iter().flat_map(|(_, digest)| digest));
    let mut stored: Vec<Vec<u8>> = packs.into_iter().map(|(stored, _)| stored).collect();
    if mend {
        change(changes, std::iter::once(&mut manifest).chain(&mut stored));
    }
    let mut layout = Vec::new();
    push_varint(&mut layout, stored.len() as u64);
    for pack in &stored {
        layout.extend(blake3(pack));
        push_varint(&mut layout, pack.len() as u64);
        push_varint(&mut layout, 1);
        push_varint(&mut layout, zigzag(0));
    }
    if mend {
        change(changes, std::iter::once(&mut layout));
    }
    let mut out = MAGIC.to_vec();
    out.extend(stored.iter().flatten());
    out.extend(encode_tail(&manifest, &layout, None, None).unwrap_or_default());
    if !mend {
        change(changes, std::iter::once(&mut out));
    }
    out
}

fn change<'a>(changes: &[(u16, u8)], buffers: impl Iterator<Item = &'a mut Vec<u8>>) {
    for buffer in buffers {
        for (at, value) in changes {
            if let Some(byte) = buffer.get_mut(usize::from(*at)) {
                *byte = *value;
            }
        }
    }
}
