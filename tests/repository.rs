//! Rules of the repository, checked like any other.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod files;

use files::{code, read, root, sources};

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
