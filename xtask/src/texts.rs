//! What people read, as far as the page itself says it: the app has the rest.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// The folder with a file for each language, named by its tag.
const FOLDER: &str = "assets/texts";

/// What the start script says if the app cannot be started.
const NOT_STARTED: &str = "page.not_started";

/// That sentence in every language, as a JSON object by tag.
pub fn sentences(workspace: &Workspace) -> Result<String> {
    let mut sentences = BTreeMap::new();
    for entry in fs::read_dir(workspace.at(FOLDER)).context("assets/texts is missing from this checkout.")? {
        let path = entry?.path();
        let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = fs::read_to_string(&path)?;
        let sentence = find(&file, NOT_STARTED).with_context(|| format!("{} has no {NOT_STARTED}.", path.display()))?;
        sentences.insert(tag, sentence.to_owned());
    }
    Ok(serde_json::to_string(&sentences)?)
}

fn find<'a>(file: &'a str, name: &str) -> Option<&'a str> {
    file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_can_say_in_each_language_that_there_is_no_app() -> Result<()> {
        let sentences: BTreeMap<String, String> = serde_json::from_str(&sentences(&Workspace::find()?)?)?;
        assert!(sentences["en"].ends_with("reload the page.") && sentences["de"].ends_with("laden Sie die Seite neu."), "{sentences:?}");
        Ok(())
    }
}
