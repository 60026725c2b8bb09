//! The rules, as they stand in `conformance/rules`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The sections, in the order of the page. Each has a file of its own.
pub const SECTIONS: [&str; 14] = ["ar", "tr", "id", "at", "di", "si", "lo", "dp", "pa", "ri", "su", "ui", "ja", "bp"];

/// All sections.
#[derive(Debug)]
pub struct Rules(pub Vec<Section>);

/// One section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What it is about.
    pub title: String,
    /// Its rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// The two letters that its ids begin with.
    #[serde(skip)]
    pub letters: String,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `AR-01`.
    pub id: String,
    /// What a client must do.
    pub rule: String,
    /// Who says so.
    pub standard: String,
    /// How it is done here.
    pub how: String,
    /// Why it cannot apply to this client, if it cannot.
    pub not_applicable: Option<String>,
    /// Tests that hold it, too, without its id in their name.
    #[serde(default)]
    pub also: Vec<String>,
}

impl Rules {
    /// Reads them.
    pub fn read(root: &Path) -> Result<Self> {
        let sections = SECTIONS.iter().map(|letters| {
            let path = root.join(format!("conformance/rules/{letters}.toml"));
            let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read.", path.display()))?;
            let section: Section = toml::from_str(&text).with_context(|| format!("{} is wrong.", path.display()))?;
            ensure!(!section.rules.is_empty(), "{} has no rule.", path.display());
            Ok(Section { letters: letters.to_uppercase(), ..section })
        });
        let rules = Self(sections.collect::<Result<_>>()?);
        let mut seen = BTreeSet::new();
        for (section, rule) in rules.0.iter().flat_map(|section| section.rules.iter().map(move |rule| (section, rule))) {
            ensure!(rule.id.starts_with(&section.letters), "{} stands in the section {}.", rule.id, section.letters);
            ensure!(seen.insert(&rule.id), "{} stands there twice.", rule.id);
        }
        Ok(rules)
    }

    /// Each rule.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter().flat_map(|section| &section.rules)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all().count()
    }
}
