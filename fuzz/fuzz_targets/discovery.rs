//! See `hushkey::protocol::fuzzing::discovery`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::discovery(text);
});
