//! See `hushkey::protocol::fuzzing::id_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::id_token(text);
});
