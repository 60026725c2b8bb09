//! Rules of the repository, checked like any other.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod files;

use files::{code, files, read, root, sources};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_ring_uses_itself_and_lower_rings_only() {
    let forbidden: [(&str, &[&str]); 3] = [
        (
            "src/protocol",
            &[
                "crate::browser", "crate::agent", "web_sys", "js_sys", "wasm_bindgen", "gloo", "yew", "std::time::Instant", "SystemTime",
                "async ",
            ],
        ),
        ("src/browser", &["crate::agent", "yew::", "yew_router"]),
        ("src/app", &["crate::protocol", "crate::browser", "crate::agent"]),
    ];
    for (folder, words) in forbidden {
        for (path, text) in sources(folder) {
            let code = code(&text);
            for word in words {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn si_03_the_relay_page_is_small_and_knows_nobody_but_its_own_origin() {
    let page = read("silent-refresh.html");
    assert!(page.len() < 1024, "{} bytes", page.len());
    for word in ["Storage", "indexedDB", "cookie", "fetch(", "import", " src=", "'*'", "\"*\"", "document.write", "innerHTML", "eval("] {
        assert!(!page.contains(word), "the relay page has {word}");
    }
    let posts = page.matches("postMessage(").count();
    assert_eq!(posts, 2, "si_04: to the page around it, or on the channel of a window");
    assert!(page.contains("parent.postMessage(answer, origin)") && page.contains("origin } = location"));
}

#[test]
fn ar_02_bp_01_the_clock_and_the_generator_are_read_in_one_file() {
    for (path, text) in sources("src") {
        if path.ends_with("browser/moment.rs") || path.starts_with(root().join("src/app")) {
            continue;
        }
        for word in ["Date::now", "get_random_values", "Math::random", "new_0()"] {
            assert!(!code(&text).contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn every_field_of_the_configuration_is_in_the_readme() {
    let reader = read("src/protocol/config_block.rs");
    let list = reader.split("const FIELDS").nth(1).and_then(|rest| rest.split("];").next()).expect("the list of fields");
    let fields: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(fields.len() > 10);
    let readme = read("README.md");
    for field in fields {
        assert!(readme.contains(&format!("`{field}`")), "README.md does not explain {field}");
    }
}

#[test]
fn the_page_carries_a_configuration_that_is_accepted() {
    let page = read("index.html");
    let block = page
        .split(r#"<script type="application/json" id="hushkey">"#)
        .nth(1)
        .and_then(|rest| rest.split("</script>").next())
        .expect("the block");
    hushkey::Config::from_json(block, "http://localhost:8080").expect("the development configuration is good");
}

#[test]
fn ordinary_files_stay_readable() {
    for folder in ["src", "xtask/src", "e2e/src", "bench/src"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 360 || path.ends_with("protocol/machine.rs"), "{} has {lines} lines", path.display());
        }
    }
}

/// The sections of rules that the conformance page has.
const SECTIONS: [&str; 9] = ["ar", "tr", "id", "at", "di", "si", "lo", "ri", "bp"];

/// Names of all tests, in Rust by function, of the provider and end to end by what they are called.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["src", "tests", "xtask/src", "e2e/src"] {
        for (_, text) in sources(folder) {
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for pair in lines.windows(2).filter(|pair| ["#[test]", "#[wasm_bindgen_test]"].contains(&pair[0])) {
                let name = pair[1].trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
                names.insert(name.unwrap_or_else(|| panic!("a test without a name: {}", pair[1])).to_owned());
            }
        }
    }
    let quoted = |text: &str, before: &str, quote: char, kind: &str| -> Vec<String> {
        text.split(before).skip(1).filter_map(|rest| rest.split(quote).next()).map(|name| format!("{kind}/{name}")).collect()
    };
    names.extend(quoted(&read("e2e/src/scenarios/mod.rs"), "scenario!(\"", '"', "e2e"));
    names.extend(files("provider/test", "mjs").iter().flat_map(|(_, text)| quoted(text, "test('", '\'', "provider")));
    names.extend(quoted(&read("xtask/src/suite/steps.rs"), "Step { name: \"", '"', "step"));
    names
}

/// The ids in a name: `tr_16_17_…` has two, `ar_14_di_09_…` has one of each section.
fn ids(name: &str) -> Vec<String> {
    let (mut found, mut section) = (Vec::new(), None);
    for word in name.split('_') {
        let is_number = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        match section {
            Some(section) if is_number => found.push(format!("{section}-{word}").to_ascii_uppercase()),
            _ => section = SECTIONS.into_iter().find(|own| *own == word),
        }
    }
    found
}

/// The rows of the conformance page: what stands in the last column, by rule.
fn conformance() -> BTreeMap<String, Vec<String>> {
    let page = read("docs/conformance.md");
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let is_rule = cells[0].len() == 5 && cells[0].contains('-') && SECTIONS.contains(&cells[0][..2].to_ascii_lowercase().as_str());
        is_rule.then(|| {
            assert_eq!(cells.len(), 5, "{line}");
            (cells[0].to_owned(), cells[4].split('`').skip(1).step_by(2).map(str::to_owned).collect())
        })
    });
    rows.fold(BTreeMap::new(), |mut table, (rule, names)| {
        assert_eq!(table.insert(rule.clone(), names), None, "{rule} has two rows");
        table
    })
}

#[test]
fn every_test_that_the_conformance_page_names_exists() {
    let tests = tests();
    assert!(tests.len() > 200 && ["e2e/", "provider/", "step/"].iter().all(|kind| tests.iter().any(|name| name.starts_with(kind))));
    for (rule, names) in conformance() {
        for name in names {
            assert!(tests.contains(&name), "docs/conformance.md names a test for {rule} that does not exist: {name}");
        }
    }
}

#[test]
fn every_rule_that_a_test_names_is_in_the_conformance_page() {
    assert_eq!(ids("step_5_tr_16_17_x"), ["TR-16", "TR-17"]);
    assert_eq!(ids("ar_14_di_09_x"), ["AR-14", "DI-09"]);
    assert_eq!(ids("id_19_an_es256_signature_has_64_bytes"), ["ID-19"]);
    let page = conformance();
    for name in tests() {
        for rule in ids(&name) {
            let cited = page.get(&rule).unwrap_or_else(|| panic!("docs/conformance.md has no row for {rule}, which {name} holds"));
            assert!(!cited.is_empty(), "docs/conformance.md names no test for {rule}, but {name} holds it");
        }
    }
}
