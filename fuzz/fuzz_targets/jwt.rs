//! See `hushkey::protocol::fuzzing::jwt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::jwt(text);
});
