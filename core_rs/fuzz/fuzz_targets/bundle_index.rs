//! Manifest and layout, as they are after decompression: no panic, no memory above the caps, one spelling.
#![no_main]

use _core::bundle::fuzzing::check_index;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (manifest, layout) = input;
    check_index(manifest, layout);
});
