//! Firebase Hosting: `firebase.json` in the folder, which is its own public folder. Files come before rewrites there, and of two headers of one name the
//! later counts. It compresses by itself.

use serde_json::{Value, json};

use super::Rules;
use super::rules::{Set, VIEW};
use super::vercel::{headers, rewrites};

pub(super) fn render(rules: &Rules<'_>) -> String {
    let rule = |regex: String, set: &Set<'_>| json!({ "regex": regex, "headers": headers(set) });
    let pages = rules.pages.iter().map(|page| rule(format!("^/{}$", page.pattern()), &rules.only(page)));
    let kept = rule(format!("^/{}$", rules.kept_pattern()), &rules.kept_only());
    let headers: Vec<Value> = [rule("^/.*$".to_owned(), &rules.page())].into_iter().chain(pages).chain([kept]).collect();
    let rules: Value = json!({
        "hosting": {
            "public": ".",
            "ignore": ["firebase.json", "firebase-debug.log", "**/.*", "_*", "**/*.br", "**/*.gz"],
            "headers": headers,
            "rewrites": rewrites(rules, json!({ "regex": format!("^/{VIEW}$"), "destination": "/index.html" })),
        },
    });
    format!("{rules:#}\n")
}
