//! See `hushkey::protocol::fuzzing::token_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::token_response(text);
});
