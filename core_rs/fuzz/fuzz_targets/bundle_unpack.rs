//! A whole bundle: its packs are the first input as it is, its index is made to fit them, and then it is unpacked.
#![no_main]

use std::fs;
use std::sync::OnceLock;

use _core::bundle::fuzzing::{Part, assemble};
use _core::bundle::{Bundle, UnpackOptions, unpack, verify};
use _core::watch::Watch;
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

/// What a bundle may unpack to here.
const CAP_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Arbitrary, Debug)]
struct Input {
    parts: Vec<(String, Vec<u8>, u8)>,
    /// Where in the finished bundle to change what.
    changes: Vec<(u16, u8)>,
    /// Keep the checksums of the tail right after the changes, so that they are not all that is tested.
    mend: bool,
}

fuzz_target!(|input: Input| {
    static FOLDER: OnceLock<std::path::PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("toolboxai-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the fuzzer");
        folder
    });
    let parts = input.parts.into_iter().map(|(path, content, kind)| Part { path, content, kind }).collect();
    let bytes = assemble(parts, &input.changes, input.mend);
    let Ok(bundle) = Bundle::from_bytes(bytes, CAP_BYTES) else { return };
    let options = UnpackOptions { threads: Some(1), ..UnpackOptions::default() };
    let target = folder.join("target");
    let verified = verify(&bundle, &options, &Watch::new());
    let unpacked = unpack(&bundle, &target, &options, &Watch::new());
    assert_eq!(unpacked.is_ok(), target.exists());
    if let Ok(unpacked) = unpacked {
        assert_eq!(verified.expect("what unpacks is whole").bytes, unpacked.bytes);
        fs::remove_dir_all(&target).expect("the target can be removed");
    }
    assert_eq!(0, fs::read_dir(folder).expect("the folder is there").count(), "something was left behind");
});
