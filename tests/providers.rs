//! docs/providers.md is what people copy from.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/files.rs"]
mod files;

use files::read;
use hushkey::Config;

const PROVIDERS: [&str; 8] = ["Scalekit", "Keycloak", "Auth0", "Okta", "Microsoft Entra ID", "Google", "Zitadel", "Authentik"];

/// The sections of the page with their headings.
fn sections(page: &str) -> Vec<(&str, &str)> {
    page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

fn block(section: &str) -> Option<&str> {
    section.split("```json\n").nth(1)?.split("```").next()
}

#[test]
fn every_block_is_a_configuration_that_is_accepted() {
    let page = read("docs/providers.md");
    assert_eq!(page.matches("```json").count(), PROVIDERS.len(), "one for each but Google, and one for all others");
    for (name, section) in sections(&page) {
        let Some(block) = block(section) else { continue };
        let config = Config::from_json(block, "https://app.example.com").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(config.issuer().starts_with("https://"), "{name}");
    }
}

#[test]
fn every_provider_says_what_to_set_whether_the_frame_works_and_what_does_not() {
    let page = read("docs/providers.md");
    let sections = sections(&page);
    for name in PROVIDERS {
        let (_, section) = sections.iter().find(|(heading, _)| *heading == name).unwrap_or_else(|| panic!("{name} has no section"));
        if name == "Google" {
            assert!(section.contains("Not from a browser alone"), "it says that it cannot be had");
            continue;
        }
        for subject in ["* **Console**", "* **Frame**", "* **Not there**"] {
            assert!(section.contains(subject), "{name} says nothing of {subject}");
        }
    }
}

#[test]
fn the_endpoints_of_a_block_belong_to_its_issuer() {
    let page = read("docs/providers.md");
    for (name, section) in sections(&page) {
        let lines = block(section)
            .unwrap_or_default()
            .lines()
            .filter(|line| ["issuer\"", "_endpoint\"", "jwks_uri"].iter().any(|name| line.contains(name)));
        let hosts: Vec<_> = lines.filter_map(|line| line.split("https://").nth(1)?.split(['/', '"']).next()).collect();
        assert!(hosts.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {hosts:?}");
    }
}
