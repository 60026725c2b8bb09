//! See `hushkey::protocol::fuzzing::configuration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::configuration(text);
});
