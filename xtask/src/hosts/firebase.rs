//! Firebase Hosting: `firebase.json` in the folder, which is its own public folder. Files come before rewrites there, and of two headers of one name the
//! later counts. It compresses by itself.

use serde_json::{Value, json};

use super::Rules;
use super::rules::{Set, VIEW};
use super::vercel::headers;

pub(super) fn render(rules: &Rules<'_>) -> String {
    let rule = |regex: String, set: &Set<'_>| json!({ "regex": regex, "headers": headers(set) });
    let rules: Value = json!({
        "hosting": {
            "public": ".",
            "ignore": ["firebase.json", "firebase-debug.log", "**/.*", "_*", "**/*.br", "**/*.gz"],
            "headers": [
                rule("^/.*$".to_owned(), &rules.page()),
                rule(format!("^/{}$", rules.relay_pattern()), &rules.relay_only()),
                rule(format!("^/{}$", rules.kept_pattern()), &rules.kept_only()),
            ],
            "rewrites": [
                { "source": rules.bare, "destination": rules.relay },
                { "regex": format!("^/{VIEW}$"), "destination": "/index.html" },
            ],
        },
    });
    format!("{rules:#}\n")
}
