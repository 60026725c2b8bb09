//! To which key a token belongs.

use super::Thumbprint;
use crate::protocol::{
    checks::Checking,
    error::Finding,
    json::{Object, kind},
    secret::RefreshToken,
};

/// A refresh token with the key that it is bound to, if it is: it can be used with no other
/// ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
#[derive(Clone, Debug)]
pub(crate) struct BoundToken {
    pub(crate) token: RefreshToken,
    pub(crate) key: Option<Thumbprint>,
}

impl BoundToken {
    /// The token itself, for the one place that has to send it.
    pub(crate) fn expose(&self) -> &str {
        self.token.expose()
    }
}

/// Whether an access token that is looked into says that it is bound to our key ([§6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)).
#[inline(never)]
pub(crate) fn confirm(claims: &Object, key: &Thumbprint, checks: Checking<'_>) -> Result<(), Finding> {
    const CNF: &str = "cnf";
    let value = claims.get(CNF).ok_or_else(|| Finding::missing(CNF))?;
    let object = Object::from_value(value).ok_or_else(|| Finding::unexpected(CNF, "an object", kind(value)))?;
    let found = object.required_str("jkt").map_err(|finding| Finding { field: CNF.into(), ..finding })?;
    checks.require("cnf.jkt", found == key.as_str(), || Finding::unexpected(CNF, key.as_str(), found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        checks::{Checks, Subject},
        dpop::key::tests::example,
        error::Problem,
    };
    use serde_json::{Value, json};

    fn check(cnf: &Value) -> Result<(), Finding> {
        let claims = Object::parse(&json!({ "cnf": cnf }).to_string()).unwrap();
        confirm(&claims, &example().thumbprint(), Checks::default().of(Subject::AccessToken))
    }

    #[test]
    fn at_08_the_access_token_names_our_key() {
        let own = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        assert!(check(&json!({ "jkt": own })).is_ok());
        assert!(check(&json!({ "jkt": own, "x5t#S256": "a" })).is_ok(), "what is not known is ignored");
        for bad in [
            Value::Null,
            json!(own),
            json!([own]),
            json!({}),
            json!({ "jkt": null }),
            json!({ "jkt": "" }),
            json!({ "jkt": 1 }),
            json!({ "jkt": [own] }),
            json!({ "jkt": own.to_lowercase() }),
            json!({ "jkt": format!("{own}=") }),
            json!({ "jkt": format!("{own} ") }),
            json!({ "jkt": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" }),
            json!({ "JKT": own }),
            json!({ "x5t#S256": own }),
        ] {
            assert_eq!(check(&bad).unwrap_err().field, "cnf", "{bad}");
        }
        let none = Object::parse("{}").unwrap();
        let finding = confirm(&none, &example().thumbprint(), Checks::default().of(Subject::AccessToken)).unwrap_err();
        assert_eq!(finding.problem, Problem::Missing);
    }
}
