//! Where each chunk of a version is, when it is spread over a bundle and the earlier ones it builds on.

use std::collections::HashMap;

use super::error::BundleError;
use super::open::{Bundle, short};
use crate::hashing::Digest;

/// One place of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub bundle: u32,
    pub pack: u32,
    pub offset: u32,
}

/// A bundle, and others that hold chunks it does not carry.
#[derive(Debug)]
pub struct Sources<'a> {
    bundles: Vec<&'a Bundle>,
    /// One for each chunk of the first bundle's manifest.
    places: Vec<Option<Place>>,
}

impl<'a> Sources<'a> {
    #[must_use]
    pub fn new(bundle: &'a Bundle, bases: &[&'a Bundle]) -> Self {
        let chunks = bundle.manifest().chunks();
        let mut places = vec![None; chunks.len()];
        for_each_carried(bundle, 0, |chunk, place| places[chunk as usize] = Some(place));
        let mut missing: HashMap<&Digest, usize> = HashMap::new();
        if places.iter().any(Option::is_none) {
            missing.extend(
                (0..chunks.len()).filter(|at| places[*at].is_none()).map(|at| (&chunks[at].digest, at)),
            );
        }
        let mut number = 0;
        for base in bases {
            number += 1;
            for_each_carried(base, number, |chunk, place| {
                let chunk = base.manifest().chunk(chunk);
                // Lengths of equal content are equal, unless a manifest lies about one; then it is not this chunk.
                if let Some(at) = missing.get(&chunk.digest)
                    && chunks[*at].length == chunk.length
                {
                    places[*at] = Some(place);
                }
            });
        }
        Self { bundles: std::iter::once(bundle).chain(bases.iter().copied()).collect(), places }
    }

    /// That no chunk is missing.
    pub fn check_complete(&self) -> Result<(), BundleError> {
        if self.places.iter().all(Option::is_some) { Ok(()) } else { Err(self.incomplete()) }
    }

    fn incomplete(&self) -> BundleError {
        let count = self.places.iter().filter(|place| place.is_none()).count();
        self.bundles[0].about(match self.bundles[0].base() {
            Some(base) => BundleError::BaseMissing { count, base: short(base) },
            // Opening a bundle that builds on no other saw that it carries everything.
            None => BundleError::damaged("a chunk is nowhere"),
        })
    }

    /// The bundle that is read.
    #[must_use]
    pub fn bundle(&self) -> &'a Bundle {
        self.bundles[0]
    }

    /// Where the chunk is; complete sources have every one.
    pub fn place(&self, chunk: u32) -> Result<Place, BundleError> {
        self.places[chunk as usize].ok_or_else(|| self.incomplete())
    }

    pub fn read_pack(&self, bundle: u32, pack: u32) -> Result<Vec<u8>, BundleError> {
        self.bundles[bundle as usize].read_pack(pack as usize)
    }
}

fn for_each_carried(bundle: &Bundle, number: u32, mut act: impl FnMut(u32, Place)) {
    for (pack_number, pack) in (0..).zip(&bundle.layout().packs) {
        let mut offset = 0;
        for chunk in bundle.layout().chunks(pack) {
            act(*chunk, Place { bundle: number, pack: pack_number, offset });
            offset += bundle.manifest().chunk(*chunk).length;
        }
    }
}
