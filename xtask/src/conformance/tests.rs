use super::*;
use names::{begins_with, ids};

fn workspace() -> Workspace {
    Workspace::find().expect("the repository")
}

#[test]
fn a_name_tells_its_rules() {
    assert_eq!(ids("step_5_tr_16_17_x"), ["TR-16", "TR-17"]);
    assert_eq!(ids("ar_14_di_09_x"), ["AR-14", "DI-09"]);
    assert_eq!(ids("id_19_an_es256_signature_has_64_bytes"), ["ID-19"]);
    assert_eq!(ids("e2e/su-02-a-circle-is-seen"), ["SU-02"]);
    assert_eq!(ids("provider/dp-07 a nonce is asked for"), ["DP-07"]);
    assert!(ids("e2e/sign-in").is_empty() && ids("bp_1_x").is_empty());
}

#[test]
fn the_page_is_what_rules_and_results_make_of_it() {
    let root = workspace().root().to_owned();
    let made = page::render(&root, &Rules::read(&root).expect("rules"), &Results::read(&root).expect("results")).expect("a page");
    assert!(made == fs::read_to_string(root.join(PAGE)).expect("a page"), "{PAGE} is stale: run `cargo xtask conformance`");
}

/// Tests that have come or gone since the page was written make it stale.
#[test]
fn the_page_knows_every_test_that_holds_a_rule() {
    let root = workspace().root().to_owned();
    let (rules, known, results) =
        (Rules::read(&root).expect("rules"), names::all(&root).expect("names"), Results::read(&root).expect("results"));
    let holding: Vec<&str> = names::holding(&known, &rules).map(String::as_str).collect();
    assert!(holding.len() > 200);
    for prefix in ["e2e/", "provider/", "step/"] {
        assert!(holding.iter().any(|name| name.starts_with(prefix)), "{prefix}");
    }
    assert_eq!(holding, results.tests().collect::<Vec<_>>(), "run `cargo xtask test`, then `cargo xtask conformance`");
}

#[test]
fn every_test_that_is_named_exists_and_every_id_has_a_rule() {
    let root = workspace().root().to_owned();
    let (rules, known) = (Rules::read(&root).expect("rules"), names::all(&root).expect("names"));
    for rule in rules.all() {
        for test in &rule.also {
            assert!(known.contains(test), "{} names a test that does not exist: {test}", rule.id);
            assert!(!ids(test).contains(&rule.id), "{} is in the name of {test}: it need not be named", rule.id);
        }
    }
    for test in &known {
        for id in ids(test) {
            assert!(rules.all().any(|rule| rule.id == id), "{test} holds {id}, which is no rule");
        }
    }
}

#[test]
fn every_rule_has_a_test_that_begins_with_its_id_or_cannot_apply() {
    let root = workspace().root().to_owned();
    let (rules, known) = (Rules::read(&root).expect("rules"), names::all(&root).expect("names"));
    let bare: Vec<&str> = rules
        .all()
        .filter(|rule| rule.not_applicable.is_none() && !known.iter().any(|test| begins_with(test, rule)))
        .map(|rule| rule.id.as_str())
        .collect();
    assert!(bare.is_empty(), "no test begins with {}", bare.join(", "));
}

#[test]
fn logs_tell_what_passed_and_only_if_the_step_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a log");
    write(
        "native.log",
        &format!("running 2 tests\ntest jwt::tests::id_05_x ... ok\ntest id_06_x ... FAILED\n{PASSED}\n", PASSED = crate::suite::PASSED),
    );
    write("wasm-firefox.log", "test si_01_x ... ok\n");
    write("provider.log", &format!("# Subtest: a\n    ok 1 - a \\# b\nnot ok 2 - c\n{}\n", crate::suite::PASSED));
    write(
        "e2e-webkit.log",
        &format!(
            "PASS  reload                   3.1 s  a reload\nSKIP  shell                            no worker here\nFAIL  x  1 s\n{}\n",
            crate::suite::PASSED
        ),
    );
    let results = Results::of_logs(folder.path()).expect("results");
    assert_eq!(
        results.to_string(),
        "e2e/reload\twebkit\ne2e/shell\twebkit\tno worker here\nid_05_x\tnative\nprovider/a # b\tnode\nstep/e2e\twebkit\nstep/native\tnative\nstep/provider\tnode\n"
    );
    assert_eq!(
        results.tests().collect::<Vec<_>>(),
        ["e2e/reload", "id_05_x", "provider/a # b", "step/e2e", "step/native", "step/provider"]
    );
    let more = results.clone().updated_by(results.clone());
    assert_eq!(more, results);
    assert_eq!(Results::default().differences(&results).len(), 7);
    assert!(results.differences(&results).is_empty());
}
