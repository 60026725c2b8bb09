//! See `hushkey::protocol::fuzzing::stored`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::stored(text);
});
