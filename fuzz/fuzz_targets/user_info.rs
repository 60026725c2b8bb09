//! See `hushkey::protocol::fuzzing::user_info`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::user_info(text);
});
