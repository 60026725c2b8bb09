//! See `hushkey::protocol::fuzzing::frame_message`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    hushkey::protocol::fuzzing::frame_message(text);
});
