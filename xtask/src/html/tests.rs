use super::*;

const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><title>t</title>
<link data-trunk rel="css" href="assets/app.css">
<link data-trunk rel="icon" type="image/svg+xml" href="assets/favicon.svg">
<link data-trunk rel="copy-file" href="silent-refresh.html">
<link data-trunk rel="copy-dir" href="assets/fonts" data-target-path="/static/">
<link data-trunk rel="rust" href="Cargo.toml" data-bin="hushkey" data-cargo-features="app">
<script type="application/json" id="hushkey">{"client_id":"dev"}</script>
</head><body><div id="app"></div></body></html>"#;

fn app() -> App {
    let placed = |url: &str| Placed { url: url.to_owned(), integrity: format!("sha384-of{url}") };
    let module = |name: &str| Module { script: placed(&format!("/{name}-1.js")), wasm: placed(&format!("/{name}-1_bg.wasm")) };
    App { start: module("hushkey"), doctor: module("doctor") }
}

fn rendered() -> String {
    render(PAGE, &app(), |link| Ok(Placed { url: format!("/{}-x", link.href.replace('/', "_")), integrity: "sha384-css".to_owned() }))
        .expect("the page renders")
}

#[test]
fn finds_every_link_in_order() {
    let links = links(PAGE).expect("known links");
    let asked: Vec<_> = links.iter().map(|link| link.asked).collect();
    assert_eq!(asked, [Asked::Style, Asked::Icon, Asked::File, Asked::Folder, Asked::App]);
    assert_eq!(links[2].href, "silent-refresh.html");
    assert_eq!(links[3].into, "static");
}

#[test]
fn leaves_nothing_of_trunk_in_the_page() {
    let page = rendered();
    assert!(!page.contains("data-trunk"), "{page}");
    assert!(!page.contains("copy-file") && !page.contains("copy-dir"), "{page}");
    assert!(page.contains(r#"<link rel="stylesheet" href="/assets_app.css-x" integrity="sha384-css">"#), "{page}");
    assert!(page.contains(r#"<link rel="icon" type="image/svg+xml" href="/assets_favicon.svg-x">"#), "{page}");
}

#[test]
fn bp_04_preloads_and_starts_the_app_with_integrity() {
    let page = rendered();
    for part in [
        r#"<link rel="modulepreload" href="/hushkey-1.js" integrity="sha384-of/hushkey-1.js">"#,
        r#"crossorigin href="/hushkey-1_bg.wasm">"#,
        r#"await import("/hushkey-1.js")"#,
        r#"fetch("/hushkey-1_bg.wasm", { integrity: "sha384-of/hushkey-1_bg.wasm" })"#,
        r#"await import("/doctor-1.js")"#,
        r#"fetch("/doctor-1_bg.wasm", { integrity: "sha384-of/doctor-1_bg.wasm" })"#,
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
    assert!(!page.contains("{{"), "{page}");
    assert_eq!(page.matches("/doctor-1").count(), 3, "it is not loaded before it is wanted: {page}");
}

#[test]
fn refuses_trunk_elements_it_does_not_know() {
    let page = PAGE.replace("rel=\"css\"", "rel=\"sass\"");
    let message = links(&page).expect_err("sass is unknown").root_cause().to_string();
    assert!(message.contains("rel=\"sass\""), "{message}");
    let twice = PAGE.replace("rel=\"icon\"", "rel=\"rust\"");
    assert!(render(&twice, &app(), |_| Ok(app().start.script)).is_err());
}

#[test]
fn a_configuration_cannot_leave_its_block() {
    let page = configure(PAGE, r#"{"client_id":"</script><script>alert(1)</script><!--"}"#).expect("there is a block");
    assert!(page.contains(r#"id="hushkey">{"client_id":"\u003c/script>\u003cscript>alert(1)"#), "{page}");
    assert!(!page.contains("\"dev\""), "{page}");
    assert!(configure("<p>no block</p>", "{}").is_err());
}

#[test]
fn bp_02_hashes_the_scripts_that_run_and_no_others() {
    let page = "<script>a()</script><script src=/x.js></script>\
                <script type='application/json'>{}</script><script type=module>b()</script>";
    assert_eq!(script_sources(page).expect("a fine page"), [digest::script_source("a()"), digest::script_source("b()")]);
    assert_eq!(script_sources(&rendered()).expect("a fine page").len(), 1);
}

#[test]
fn bp_02_refuses_what_the_policy_would_block() {
    for page in ["<p onclick='x()'>", "<p style='color:red'>", "<style>p{}</style>"] {
        assert!(script_sources(page).is_err(), "{page}");
    }
}

#[test]
fn a_small_script_becomes_a_part_of_the_page_and_gets_its_hash() {
    let page = r#"<link data-trunk rel="inline" href="early.js"><link data-trunk rel="css" href="a.css">"#;
    let inlined = inline(page, |href| Ok(format!("{href}();\n"))).expect("it can be read");
    assert_eq!(script_sources(&inlined).expect("a fine page"), [digest::script_source("early.js();")]);
    assert_eq!(links(&inlined).expect("one is left").len(), 1);
    for text in ["a('</script>')", "a('<!--')"] {
        assert!(inline(page, |_| Ok(text.to_owned())).is_err(), "{text}");
    }
    assert!(inline(page, |_| bail!("no such file")).is_err());
}
