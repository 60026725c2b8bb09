//! What people read, as far as the page itself says it: the app has the rest.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// The folder with a file for each language, named by its tag.
const FOLDER: &str = "assets/texts";

/// What the start script says if the app cannot be started.
const NOT_STARTED: &str = "page.not_started";

/// That in every language, as a JSON object by tag: what has happened, what to do, and what the button says.
pub fn sentences(workspace: &Workspace) -> Result<String> {
    let mut sentences = BTreeMap::new();
    for entry in fs::read_dir(workspace.at(FOLDER)).context("assets/texts is missing from this checkout.")? {
        let path = entry?.path();
        let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = fs::read_to_string(&path)?;
        let sentence = find(&file, NOT_STARTED).with_context(|| format!("{} has no {NOT_STARTED}.", path.display()))?;
        let parts: Vec<String> = sentence.split(" | ").map(str::to_owned).collect();
        sentences.insert(tag, parts);
    }
    Ok(serde_json::to_string(&sentences)?)
}

/// A language's file without what is for those who write it.
pub fn bare(file: &str) -> String {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).flat_map(|line| [line, "\n"]).collect()
}

fn find<'a>(file: &'a str, name: &str) -> Option<&'a str> {
    file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_can_say_in_each_language_that_there_is_no_app() -> Result<()> {
        let sentences: BTreeMap<String, [String; 3]> = serde_json::from_str(&sentences(&Workspace::find()?)?)?;
        assert_eq!((&*sentences["en"][2], &*sentences["de"][2]), ("Reload", "Neu laden"));
        Ok(())
    }

    #[test]
    fn comments_stay_at_home() {
        assert_eq!(bare("# For translators.\n\na = A\nb = # B\n"), "a = A\nb = # B\n");
    }
}
