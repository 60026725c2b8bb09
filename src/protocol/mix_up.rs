//! Several sign-ins in one page: each needs a way back of its own, or an answer could be taken for that of another provider
//! ([RFC 9700 §4.4.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2)).

use super::{
    config::Config,
    error::{ConfigError, Finding},
};

impl Config {
    /// Whether a sign-in with this configuration may run in one page beside one with another.
    ///
    /// # Errors
    /// The path that both have, if they are of different providers or clients.
    pub fn check_beside(&self, other: &Self) -> Result<(), ConfigError> {
        let is_same_issuer = self.issuer() == other.issuer();
        let field = if self.redirect_path == other.redirect_path && !(is_same_issuer && self.client_id == other.client_id) {
            "redirect_path"
        } else if self.silent_path == other.silent_path && !is_same_issuer {
            "silent_path"
        } else {
            return Ok(());
        };
        Err(Finding::invalid(
            field,
            format!("is that of the sign-in at {}, too; each provider needs a way back of its own", other.issuer()),
        )
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(issuer: &str, client_id: &str, redirect_path: &str, silent_path: &str) -> Config {
        let block = json!({ "issuer": issuer, "client_id": client_id, "redirect_path": redirect_path, "silent_path": silent_path });
        Config::from_json(&block.to_string(), "https://app.example").unwrap()
    }

    #[test]
    fn ar_15_two_providers_in_one_page_need_a_way_back_each() {
        let first = config("https://a.example", "c", "/callback", "/silent.html");
        for (issuer, client_id, redirect_path, silent_path, refused) in [
            ("https://b.example", "c", "/callback", "/silent.html", Some("redirect_path")),
            ("https://b.example", "d", "/callback", "/quiet.html", Some("redirect_path")),
            ("https://b.example", "c", "/other", "/silent.html", Some("silent_path")),
            ("https://a.example/", "c", "/callback", "/silent.html", Some("redirect_path")),
            ("https://A.example", "c", "/other", "/silent.html", Some("silent_path")),
            ("https://a.example", "d", "/callback", "/silent.html", Some("redirect_path")),
            // The good neighbours.
            ("https://b.example", "c", "/other", "/quiet.html", None),
            ("https://a.example", "d", "/other", "/silent.html", None),
            ("https://a.example", "c", "/callback", "/silent.html", None),
        ] {
            let second = config(issuer, client_id, redirect_path, silent_path);
            for (one, other) in [(&first, &second), (&second, &first)] {
                let found = one.check_beside(other).err().map(|error| error.0.field.into_owned());
                assert_eq!(found.as_deref(), refused, "{issuer} {client_id} {redirect_path} {silent_path}");
            }
        }
    }
}
