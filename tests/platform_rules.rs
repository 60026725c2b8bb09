//! Rules about what is not there: read in the sources, because a browser test cannot show the absence of something.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod files;

use files::{code, read, sources};

/// Everything of ours that runs in a browser, apart from Rust.
const PAGES: [&str; 4] = ["index.html", "silent-refresh.html", "assets/early.js", "xtask/src/start.js"];

#[test]
fn ar_29_the_pages_load_nothing_from_anybody_else() {
    for page in ["index.html", "silent-refresh.html"] {
        for place in [" src=\"", " href=\"", " action=\"", "url(", "@import"] {
            for address in read(page).split(place).skip(1) {
                let foreign =
                    ["http:", "https:", "//", "data:"].iter().any(|start| address.trim_start_matches(['"', '\'']).starts_with(start));
                assert!(!foreign, "{page} has {place}{}", address.lines().next().unwrap_or_default());
            }
        }
    }
    let style = read("assets/app.css");
    assert!(!style.contains("http") && !style.contains("@import"), "the style sheet loads something");
}

#[test]
fn bp_03_nothing_writes_html() {
    let sinks = ["from_html_unchecked", "set_inner_html", "set_outer_html", "insert_adjacent_html", "VRaw", "document.write", "innerHTML"];
    for (path, text) in sources("src") {
        for sink in sinks {
            assert!(!code(&text).contains(sink), "{} has {sink}", path.display());
        }
    }
    for page in PAGES {
        assert!(!sinks.iter().any(|sink| read(page).contains(sink)), "{page} writes HTML");
    }
    assert!(read("clippy.toml").contains("VNode::from_html_unchecked"), "the lint is on");
}

#[test]
fn bp_09_no_token_is_handed_out_and_nothing_is_exported() {
    for (path, text) in sources("src") {
        for word in ["#[wasm_bindgen", "Reflect::set", "js_sys::global"] {
            assert!(!code(&text).contains(word), "{} has {word}", path.display());
        }
    }
    let secrets = ["AccessToken", "RefreshToken", "IdToken", "Verifier", "TokenAnswer"];
    for (path, text) in sources("src/agent") {
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("pub fn") || line.starts_with("pub async fn")) {
            assert!(!secrets.iter().any(|secret| line.contains(secret)), "{} hands out a secret: {line}", path.display());
        }
    }
    let library = read("src/lib.rs");
    let interface = library.split("// The public interface is:").nth(1).expect("the interface");
    assert!(!secrets.iter().any(|secret| interface.contains(secret)), "{interface}");
}

#[test]
fn bp_10_no_secret_is_kept_as_a_plain_text() {
    let secrets = read("src/protocol/secret.rs");
    assert_eq!(secrets.matches("(Zeroizing<String>);").count(), secrets.matches("pub struct ").count(), "a secret that is not wiped");
    for (path, text) in sources("src") {
        for field in ["access_token: String", "refresh_token: String", "id_token: String", "verifier: String", "code: Option<String>"] {
            assert!(!code(&text).contains(field), "{} keeps a secret as a plain text", path.display());
        }
    }
}

#[test]
fn bp_12_the_app_itself_has_no_service_worker_and_no_cache() {
    for (path, text) in sources("src") {
        for word in ["ServiceWorker", "service_worker", "CacheStorage", ".caches(", "IdbFactory", "indexed_db"] {
            assert!(!code(&text).contains(word), "{} has {word}", path.display());
        }
    }
    for page in PAGES {
        assert!(!["serviceWorker", "caches.", "indexedDB"].iter().any(|word| read(page).contains(word)), "{page}");
    }
}

#[test]
fn bp_17_dependencies_are_locked_and_come_from_the_registry() {
    let lock = read("Cargo.lock");
    let origins: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    assert!(origins.len() > 100 && origins.iter().all(|origin| *origin == "\"registry+https://github.com/rust-lang/crates.io-index\""));
    assert_eq!(origins.len(), lock.lines().filter(|line| line.starts_with("checksum = ")).count(), "each has its checksum");
    let deny = read("deny.toml");
    assert!(deny.contains(r#"unknown-registry = "deny""#) && deny.contains(r#"unknown-git = "deny""#));
}

#[test]
fn si_24_the_documents_say_what_no_front_end_prevents() {
    for document in ["README.md", "SECURITY.md"] {
        let text = read(document).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("silent flow of its own") || text.contains("silent sign-in of their own"), "{document}");
        assert!(text.to_lowercase().contains("nothing in a front end prevents that"), "{document}");
    }
    let security = read("SECURITY.md");
    assert!(security.contains("RFC 10017 §5.1.3") && security.contains("prefer a backend that holds the tokens"));
}
