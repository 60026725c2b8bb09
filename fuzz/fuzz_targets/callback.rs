//! See `hushkey::protocol::fuzzing::callback`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::callback(text);
});
