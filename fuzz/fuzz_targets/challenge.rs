//! See `hushkey::protocol::fuzzing::challenge`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::challenge(text);
});
