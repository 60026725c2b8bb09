use super::*;
use crate::{apps::APPS, reload::Reload};

fn reloads(times: &[f64], requests: usize) -> Vec<Reload> {
    times.iter().map(|named| Reload { named: *named, requests: vec![(1.0, "GET /".to_owned()); requests], later: 0 }).collect()
}

fn report() -> Report {
    let apps: Vec<App> = APPS.into_iter().filter(|app| ["hushkey", "oidc-spa"].contains(&app.name)).collect();
    let series = |app, condition, times: &[f64], requests| Series { app, condition, reloads: reloads(times, requests) };
    let bytes = |files: &[(&str, u64)]| Bytes(files.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect());
    let memory = |heap: f64, wasm: f64, private: f64| Memory {
        heap: vec![heap * MEBIBYTE],
        wasm: vec![wasm * MEBIBYTE],
        private: vec![private * MEBIBYTE],
    };
    Report {
        command: "cargo xtask bench".to_owned(),
        machine: Machine::this("Some Browser 1".to_owned()).expect("a machine"),
        build: Some(Build::Smallest),
        apps,
        conditions: vec![Condition::Warm, Condition::ColdFar],
        rounds: 3,
        series: vec![
            series("hushkey", Condition::Warm, &[80.0, 90.0, 130.0], 3),
            series("oidc-spa", Condition::Warm, &[120.0, 100.0, 150.0], 5),
            series("hushkey", Condition::ColdFar, &[300.0], 8),
            series("oidc-spa", Condition::ColdFar, &[500.0], 12),
        ],
        bytes: vec![bytes(&[("/account", 2500), ("/a.js", 4500), ("/a.wasm", 225_000)]), bytes(&[("/account", 1000), ("/a.js", 99_000)])],
        memory: vec![memory(1.0, 1.5, 38.0), memory(2.0, 0.0, 40.5), memory(0.5, 0.0, 30.0)],
        confession: None,
    }
}

#[test]
fn the_tables_say_what_was_measured() {
    let text = report().render();
    for line in [
        "| app | warm | cold, +50 ms |", "| hushkey | **90** (80, 130) | **300** (300, 300) |",
        "| oidc-spa | **120** (100, 150) | **500** (500, 500) |", "| oidc-spa | 0.75 | 0.60 |", "| hushkey | 3 | 8 |",
        "| hushkey | 232,000 | 4,500 | 225,000 | 2,500 | 3 | – |", "| oidc-spa | 100,000 | 99,000 | – | 1,000 | 2 | 2.32 |",
        "| hushkey | 1.0 | 1.5 | 8.0 |", "| oidc-spa | 2.0 | – | 10.5 |", "| an empty page | 0.5 | – | – |",
    ] {
        assert!(text.lines().any(|own| own == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("| hushkey | – | – |"), "hushkey is not compared with itself");
}

#[test]
fn nothing_is_compared_without_hushkey_and_memory_may_be_left_out() {
    let mut report = report();
    report.apps.remove(0);
    report.bytes.remove(0);
    report.memory.clear();
    let text = report.render();
    assert!(!text.contains("divided by") && !text.contains("Private pages"), "{text}");
    assert!(text.contains("| oidc-spa | 100,000 | 99,000 | – | 1,000 | 2 | – |"), "{text}");
}

#[test]
fn what_makes_figures_worth_less_is_said() {
    let mut report = report();
    report.build = Some(Build::Plain);
    report.confession = Some("It was loud.".to_owned());
    let text = report.render();
    assert!(text.contains("\n\nIt was loud.\n\n") && text.contains("hushkey is the plain one"), "{text}");
}

#[test]
fn only_the_measured_part_of_a_page_is_replaced() {
    let page = "# Title\n\nBefore.\n\n<!-- measured: by hand -->\nold\n\nold\n<!-- end -->\n\nAfter.\n";
    let placed = place(page, "new\n").expect("placed");
    assert_eq!(placed, "# Title\n\nBefore.\n\n<!-- measured: by hand -->\nnew\n<!-- end -->\n\nAfter.\n");
    assert_eq!(place(&placed, "new\n").expect("again"), placed);
    assert!(place(&blank(), "new").expect("a blank page").contains("-->\nnew\n<!-- end -->"));
}

#[test]
fn the_page_of_this_project_has_its_two_marks() {
    let page = include_str!("../../../docs/performance.md");
    let placed = place(page, "new").expect("both marks");
    assert!(placed.starts_with("# Performance\n") && placed.contains("-->\nnew\n<!-- end -->"));
}

#[test]
fn a_page_without_its_two_marks_is_left_alone() {
    for page in [
        "no marks",
        "<!-- measured: x -->\n",
        "<!-- end -->\n",
        "<!-- end -->\n<!-- measured: x -->\n",
        "<!-- measured: x -->\n<!-- end -->\n<!-- measured: y -->\n<!-- end -->\n",
    ] {
        assert!(place(page, "new").is_err(), "{page}");
    }
}

#[test]
fn numbers_are_grouped() {
    assert_eq!([0, 12, 999, 1000, 12_345, 1_234_567].map(grouped), ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
}
