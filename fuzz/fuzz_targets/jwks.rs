//! See `hushkey::protocol::fuzzing::jwks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::jwks(text);
});
