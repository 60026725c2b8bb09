//! What the browser's console said, and which of it is a fault.

use serde_json::Value;

/// A line of the console.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    level: String,
    source: String,
    pub(crate) message: String,
}

impl Entry {
    pub(crate) fn from_json(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Self { level: text("level"), source: text("source"), message: text("message") }
    }

    /// Whether this is an error, or a policy that was violated, and not what a scenario breaks on purpose.
    pub(crate) fn is_fault(&self, expected: &[&str]) -> bool {
        let is_bad = self.level == "SEVERE" || self.is_violation();
        is_bad && !expected.iter().any(|part| self.message.contains(part))
    }

    /// Whether a Content Security Policy or Trusted Types refused something.
    pub(crate) fn is_violation(&self) -> bool {
        self.source == "security" || self.message.contains("Content Security Policy") || self.message.contains("Trusted Type")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_and_violations_are_faults_unless_they_are_expected() {
        let entry = |level: &str, message: &str| Entry::from_json(&json!({ "level": level, "source": "network", "message": message }));
        assert!(entry("SEVERE", "Failed to load: 401").is_fault(&[]));
        assert!(!entry("SEVERE", "Failed to load: 401").is_fault(&["401"]));
        assert!(entry("WARNING", "violates the Content Security Policy").is_fault(&["401"]));
        assert!(!entry("INFO", "hello").is_fault(&[]));
    }
}
