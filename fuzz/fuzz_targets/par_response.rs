//! See `hushkey::protocol::fuzzing::par_response`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::par_response(text);
});
