//! What fuzzing has found worth keeping, and what was thought of before: nothing of it crashes, and what is accepted is what stands there.

#![cfg(all(not(target_arch = "wasm32"), feature = "fuzzing"))]

#[path = "support/files.rs"]
mod files;

use hushkey::protocol::fuzzing;
use std::fs;

/// Reads a text, and says whether it was accepted.
type Target = (&'static str, fn(&str) -> bool);

/// Every target, as `fuzz/fuzz_targets` has it.
const TARGETS: [Target; 13] = [
    ("callback", fuzzing::callback),
    ("challenge", fuzzing::challenge),
    ("configuration", fuzzing::configuration),
    ("discovery", fuzzing::discovery),
    ("dpop_nonce", fuzzing::dpop_nonce),
    ("frame_message", fuzzing::frame_message),
    ("id_token", fuzzing::id_token),
    ("jwks", fuzzing::jwks),
    ("jwt", fuzzing::jwt),
    ("par_response", fuzzing::par_response),
    ("stored", fuzzing::stored),
    ("token_response", fuzzing::token_response),
    ("user_info", fuzzing::user_info),
];

#[test]
fn everything_in_the_corpus_is_read_as_it_stands_there_or_refused() {
    for (name, target) in TARGETS {
        let folder = files::root().join("fuzz/corpus").join(name);
        let entries = fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
        let (mut count, mut accepted) = (0, 0);
        for entry in entries {
            let bytes = fs::read(entry.expect("an entry").path()).expect("a file");
            if let Ok(text) = String::from_utf8(bytes) {
                accepted += usize::from(target(&text));
                count += 1;
            }
        }
        assert!(count > 5 && accepted > 0 && accepted < count, "{name}: {accepted} of {count} accepted");
    }
}

#[test]
fn every_target_has_its_corpus_and_every_corpus_its_target() {
    let mut targets: Vec<String> =
        files::files("fuzz/fuzz_targets", "rs").iter().filter_map(|(path, _)| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    targets.sort();
    assert_eq!(targets, TARGETS.map(|(name, _)| name));
}
