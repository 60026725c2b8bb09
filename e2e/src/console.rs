//! What the browser's console said, and which of it is a fault.

use serde_json::Value;

/// A line of the console.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    is_error: bool,
    is_about_security: bool,
    pub(crate) message: String,
}

impl Entry {
    /// A line as chromedriver tells it.
    pub(crate) fn from_chromedriver(entry: &Value) -> Self {
        Self { is_error: entry["level"] == "SEVERE", is_about_security: entry["source"] == "security", message: text(&entry["message"]) }
    }

    /// A line as WebDriver BiDi tells it: as it is shown, and with all that objects in it hold.
    pub(crate) fn from_bidi(entry: &Value) -> Self {
        let arguments = entry["args"].as_array().into_iter().flatten().filter(|argument| argument["type"] == "object");
        let details: String = arguments.map(|argument| format!(" {argument}")).collect();
        let message = format!("{}{details}", text(&entry["text"]));
        Self { is_error: entry["level"] == "error", is_about_security: false, message }
    }

    /// Whether this is an error, or a policy that was violated, and not what a scenario breaks on purpose.
    pub(crate) fn is_fault(&self, expected: &[&str]) -> bool {
        let is_bad = self.is_error || self.is_violation();
        is_bad && !expected.iter().any(|part| self.message.contains(part))
    }

    /// Whether a Content Security Policy or Trusted Types refused something.
    pub(crate) fn is_violation(&self) -> bool {
        let words = ["Content Security Policy", "Content-Security-Policy", "Trusted Type"];
        self.is_about_security || words.iter().any(|word| self.message.contains(word))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_and_violations_are_faults_unless_they_are_expected() {
        let entry =
            |level: &str, message: &str| Entry::from_chromedriver(&json!({ "level": level, "source": "network", "message": message }));
        assert!(entry("SEVERE", "Failed to load: 401").is_fault(&[]));
        assert!(!entry("SEVERE", "Failed to load: 401").is_fault(&["401"]));
        assert!(entry("WARNING", "violates the Content Security Policy").is_fault(&["401"]));
        assert!(!entry("INFO", "hello").is_fault(&[]));
    }

    #[test]
    fn firefox_tells_its_faults_in_its_own_words() {
        let entry = |level: &str, text: &str| Entry::from_bidi(&json!({ "level": level, "text": text, "type": "javascript" }));
        assert!(entry("error", "Error: thrown").is_fault(&[]));
        assert!(entry("warn", "Content-Security-Policy: The page’s settings blocked …").is_fault(&[]));
        assert!(!entry("warn", "something is old").is_fault(&[]));
    }

    #[test]
    fn what_is_in_an_object_is_part_of_the_message() {
        let arguments = json!([{ "type": "object", "value": [["a", { "type": "string", "value": "deep" }]] }]);
        assert!(Entry::from_bidi(&json!({ "level": "info", "text": "Object(1)", "args": arguments })).message.contains("deep"));
    }
}
