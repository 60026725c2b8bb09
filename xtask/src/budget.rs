//! What a first visit may cost, file by file, in bytes as brotli leaves them. A build that is over its budget fails: growth is decided, not found out.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::compress;
use crate::wasm::{Build, Extensions};

/// The end of a file's name (`.txt` is a language, for those who read it), and what it may have: plainly built, and in the smallest build.
const FILES: [(&str, usize, usize); 5] =
    [(MODULE, 292_500, 253_800), (".js", 4_800, 4_500), (".css", 3_500, 3_500), (".svg", 300, 300), (".txt", 5_500, 5_500)];

const MODULE: &str = "_bg.wasm";

/// What a module with extensions of the protocol may have beyond that: all of them together.
const EXTENSIONS: usize = 14_000;

/// The same for what only the page `/doctor` loads, when it is wanted. Its names begin with this.
pub(crate) const DOCTOR: &str = "doctor-";
const DOCTOR_FILES: [(&str, usize, usize); 2] = [(MODULE, 115_500, 101_500), (".js", 2_700, 2_700)];

/// The page with its configuration and small scripts.
const PAGE: usize = 3_700;

/// The script of the head start alone: it stands before everything else that the page needs.
const HEAD_START: usize = 1_510;

/// Looks at a bundle: its files, its page, the script of the head start.
pub fn check(files: &Path, page: &str, head_start: &str, build: Build, extensions: &Extensions) -> Result<()> {
    let mut over = Vec::new();
    let mut spend = |what: String, bytes: usize, budget: usize| {
        if bytes > budget {
            over.push(format!("{what} has {bytes} bytes, and may have {budget}"));
        }
    };
    for entry in fs::read_dir(files)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(plain) = name.strip_suffix(".br") else { continue };
        let is_doctor = plain.starts_with(DOCTOR);
        let files = if is_doctor { &DOCTOR_FILES[..] } else { &FILES[..] };
        let known = files.iter().find(|(end, ..)| plain.ends_with(end));
        let more = if plain.ends_with(MODULE) && !is_doctor && *extensions != Extensions::NONE { EXTENSIONS } else { 0 };
        let budget = known.map_or(0, |(_, plain, smallest)| more + if build == Build::Smallest { *smallest } else { *plain });
        spend(plain.to_owned(), usize::try_from(entry.metadata()?.len())?, budget);
    }
    spend("index.html".to_owned(), compress::brotli(page.as_bytes())?.len(), PAGE);
    spend("assets/early.js".to_owned(), compress::brotli(head_start.as_bytes())?.len(), HEAD_START);
    if over.is_empty() {
        return Ok(());
    }
    bail!(
        "The app has grown over its budget (in brotli): {}. Make it smaller, or decide on another budget in xtask/src/budget.rs.",
        over.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;

    fn checked(name: &str, bytes: usize, page: &str, extensions: &Extensions) -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join(name), vec![0; bytes])?;
        check(folder.path(), page, "", Build::Smallest, extensions)
    }

    #[test]
    fn a_file_over_its_budget_fails_the_build_by_name() {
        checked("app-0_bg.wasm.br", 253_800, "", &Extensions::NONE).expect("within its budget");
        let error = checked("app-0_bg.wasm.br", 253_801, "", &Extensions::NONE).expect_err("one byte too many").to_string();
        assert!(error.contains("app-0_bg.wasm has 253801 bytes, and may have 253800"), "{error}");
    }

    #[test]
    fn all_extensions_together_have_fourteen_thousand_bytes() {
        checked("app-0_bg.wasm.br", 267_800, "", &Extensions::All).expect("within its budget");
        assert!(checked("app-0_bg.wasm.br", 267_801, "", &Extensions::Only(vec!["dpop"])).is_err());
        assert!(checked("app-0.js.br", 4_501, "", &Extensions::All).is_err(), "for the module alone");
    }

    #[test]
    fn a_file_that_no_budget_knows_may_have_nothing() {
        assert!(checked("font.woff2.br", 1, "", &Extensions::All).is_err());
    }

    #[test]
    fn the_page_has_a_budget_too() {
        let chance: String = (0..2000_u32).map(|n| digest::short(&n.to_le_bytes())).collect();
        assert!(checked("app-0.js.br", 1, &chance, &Extensions::All).expect_err("a long page").to_string().contains("index.html"));
    }
}
