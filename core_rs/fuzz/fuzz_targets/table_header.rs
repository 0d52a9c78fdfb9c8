#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/table_header.rs"]
mod body;

fuzz_target!(|input: body::Input| body::run(input));
