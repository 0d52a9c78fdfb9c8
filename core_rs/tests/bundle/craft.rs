//! A second writer of the format, from docs/bundle-format.md alone, that also writes what the first never would.

use _core::sign::{public_key, sign};

/// What stands in a manifest for one path.
#[derive(Clone)]
pub struct Row {
    pub shared: u64,
    pub rest: Vec<u8>,
    pub kind: u8,
    /// What follows the kind, as it is.
    pub references: Vec<u8>,
}

/// A bundle, part by part; `build` adds what holds them together.
#[derive(Clone)]
pub struct Craft {
    pub rows: Vec<Row>,
    pub digests: Vec<[u8; 32]>,
    /// Stored bytes and the chunks in them.
    pub packs: Vec<(Vec<u8>, Vec<i64>)>,
    pub base: Option<[u8; 32]>,
    pub seed: Option<[u8; 32]>,
    /// In the place of the key and signature that `seed` gives.
    pub signature: Option<[u8; 96]>,
    /// Raw bytes in the place of the parts above, where given.
    pub manifest: Option<Vec<u8>>,
    pub layout: Option<Vec<u8>>,
    pub stored_index: Option<Vec<u8>>,
    pub lengths: Option<[u32; 3]>,
    pub name: Option<[u8; 32]>,
    pub flags: Option<[u8; 4]>,
}

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}

pub fn pack(content: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(content, 1).unwrap()
}

pub fn digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// One new chunk of `length`.
pub fn one_chunk(length: usize) -> Vec<u8> {
    [varint(1), varint(0), varint(length as u64)].concat()
}

impl Craft {
    /// One file with one chunk in one pack.
    pub fn file(path: &str, content: &[u8]) -> Self {
        Self {
            rows: vec![Row { shared: 0, rest: path.into(), kind: 0, references: one_chunk(content.len()) }],
            digests: vec![digest(content)],
            packs: vec![(pack(content), vec![0])],
            base: None,
            seed: None,
            signature: None,
            manifest: None,
            layout: None,
            stored_index: None,
            lengths: None,
            name: None,
            flags: None,
        }
    }

    /// Files without content, by their paths, in any order.
    pub fn names(paths: &[&str]) -> Self {
        let rows = paths
            .iter()
            .scan("", |last, path| {
                let shared = last.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
                *last = path;
                Some(Row {
                    shared: shared as u64,
                    rest: path[shared..].into(),
                    kind: 0,
                    references: varint(0),
                })
            })
            .collect();
        Self { rows, digests: Vec::new(), packs: Vec::new(), ..Self::file("", b"x") }
    }

    pub fn build(&self) -> Vec<u8> {
        let mut manifest = vec![1];
        manifest.extend(varint(self.rows.len() as u64));
        for row in &self.rows {
            manifest.extend(varint(row.shared));
            manifest.extend(varint(row.rest.len() as u64));
            manifest.extend(&row.rest);
            manifest.push(row.kind);
            manifest.extend(&row.references);
        }
        manifest.extend(self.digests.iter().flatten());
        let manifest = self.manifest.clone().unwrap_or(manifest);

        let mut layout = varint(self.packs.len() as u64);
        for (stored, chunks) in &self.packs {
            layout.extend(digest(stored));
            layout.extend(varint(stored.len() as u64));
            layout.extend(varint(chunks.len() as u64));
            for step in chunks {
                layout.extend(varint(((step << 1) ^ (step >> 63)).cast_unsigned()));
            }
        }
        let layout = self.layout.clone().unwrap_or(layout);

        let index = self.stored_index.clone().unwrap_or_else(|| pack(&[&manifest[..], &layout].concat()));
        let name = self.name.unwrap_or_else(|| blake3::derive_key("toolboxai bundle manifest 1", &manifest));
        let mut tail = index.clone();
        if let Some(signature) = self.signature {
            tail.extend(signature);
        } else if let Some(seed) = self.seed {
            let message = [&b"toolboxai bundle signature 1\0"[..], &name].concat();
            tail.extend(public_key(&seed));
            tail.extend(sign(&seed, &message));
        }
        tail.extend(name);
        tail.extend(self.base.unwrap_or_default());
        let lengths =
            [index.len(), manifest.len(), layout.len()].map(|length| u32::try_from(length).unwrap());
        tail.extend(self.lengths.unwrap_or(lengths).iter().flat_map(|length| length.to_le_bytes()));
        let flags =
            u8::from(self.seed.is_some() || self.signature.is_some()) | (u8::from(self.base.is_some()) << 1);
        tail.extend(self.flags.unwrap_or([flags, 0, 0, 0]));
        tail.extend(blake3::derive_key("toolboxai bundle tail 1", &tail));

        let mut out = b"TBXBNDL\x01".to_vec();
        out.extend(self.packs.iter().flat_map(|(stored, _)| stored));
        out.extend(tail);
        out.extend(b"TBXBEND\x01");
        out
    }
}
