#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../bodies/project.rs"]
mod body;

fuzz_target!(|input: body::Input<'_>| body::run(input));
