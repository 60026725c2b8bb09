//! Vercel: `vercel.json` in the folder. Files come before rewrites there, and of two headers of one name the later counts.

use serde_json::{Value, json};

use super::Rules;
use super::rules::{Set, VIEW};

pub(super) fn render(rules: &Rules<'_>) -> String {
    let rule = |source: String, set: &Set<'_>| json!({ "source": source, "headers": headers(set) });
    let pages = rules.pages.iter().map(|page| rule(format!("/({})", page.pattern()), &rules.only(page)));
    let kept = rule(format!("/({})", rules.kept_pattern()), &rules.kept_only());
    let headers: Vec<Value> = [rule("/(.*)".to_owned(), &rules.page())].into_iter().chain(pages).chain([kept]).collect();
    let whole = json!({
        "$schema": "https://openapi.vercel.sh/vercel.json",
        "headers": headers,
        "rewrites": rewrites(rules, json!({ "source": format!("/({VIEW})"), "destination": "/index.html" })),
    });
    format!("{whole:#}\n")
}

/// The other names of pages, and then this.
pub(super) fn rewrites(rules: &Rules<'_>, view: Value) -> Vec<Value> {
    rules.pages.iter().map(|page| json!({ "source": page.bare, "destination": page.path })).chain([view]).collect()
}

/// What is not to be uploaded: Vercel reads other files, and compresses by itself.
pub(super) fn ignored() -> String {
    "_headers\n_redirects\n*.br\n*.gz\n".to_owned()
}

/// As Vercel and Firebase want them.
pub(super) fn headers(set: &Set<'_>) -> Vec<Value> {
    set.iter().map(|(name, value)| json!({ "key": name, "value": value })).collect()
}
