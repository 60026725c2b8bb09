//! See `hushkey::protocol::fuzzing::dpop_nonce`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::dpop_nonce(text);
});
