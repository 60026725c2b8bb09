//! Sign-out at the provider ([OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

use super::{
    authorize::UI_LOCALES,
    config::Config,
    http::HttpRequest,
    secret::{Body, IdToken, SensitiveUrl, StateParameter},
    turn::{Effect, HistoryEntry},
};
use url::Url;

/// How the page goes to the provider to end the shared session there (§2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogoutMethod {
    /// By its address: with every cookie, and the ID token in that one address.
    Get,
    /// By a form, with the ID token in no address. From another site a browser sends no `SameSite=Lax` cookie with that, and a provider that has no other
    /// ends nothing.
    Post,
}

/// Leaves for the page that ends the shared session.
pub(crate) fn leave(endpoint: &Url, id_token: &IdToken, state: &StateParameter, config: &Config) -> Effect {
    let back = config.post_logout_redirect_uri();
    let locales = config.ui_locales();
    let fields = [
        ("id_token_hint", id_token.expose()),
        ("client_id", &config.client_id),
        ("post_logout_redirect_uri", &back),
        ("state", state.expose()),
    ];
    let fields = fields.into_iter().chain(locales.as_deref().map(|tags| (UI_LOCALES, tags)));
    match config.logout_method {
        LogoutMethod::Get => {
            let mut url = endpoint.clone();
            url.query_pairs_mut().extend_pairs(fields);
            Effect::Navigate { url: SensitiveUrl::new(url), history: HistoryEntry::Replace }
        }
        LogoutMethod::Post => {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            Effect::Submit(HttpRequest::post_form(endpoint.as_str(), Body::new(form)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::http::Method;

    #[test]
    fn lo_02_the_request_names_token_client_address_and_state() {
        let config =
            Config::from_json(r#"{"preset":"scalekit","env_url":"https://acme.scalekit.com","client_id":"spac_1"}"#, "https://app.example")
                .unwrap();
        let endpoint = Url::parse("https://acme.scalekit.com/oidc/logout?x=1").unwrap();
        let left = |config: &Config| match leave(&endpoint, &IdToken::new("a.b.c"), &StateParameter::new("s"), config) {
            Effect::Navigate { url, history: HistoryEntry::Replace } => url,
            other => panic!("{other:?}"),
        };
        let url = left(&config);
        assert_eq!(
            url.expose(),
            "https://acme.scalekit.com/oidc/logout?x=1&id_token_hint=a.b.c&client_id=spac_1\
             &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fsigned-out&state=s"
        );
        assert!(!format!("{url:?}").contains("a.b.c"));
        assert!(left(&config.with_languages(["de".to_owned()])).expose().ends_with("&state=s&ui_locales=de"));
    }

    #[test]
    fn lo_03_by_a_form_the_id_token_is_in_no_address() {
        let block = r#"{"preset":"scalekit","env_url":"https://acme.scalekit.com","client_id":"spac_1","logout_method":"post"}"#;
        let config = Config::from_json(block, "https://app.example").unwrap();
        let endpoint = Url::parse("https://acme.scalekit.com/oidc/logout?x=1").unwrap();
        let effect = leave(&endpoint, &IdToken::new("a.b.c"), &StateParameter::new("s"), &config);
        assert!(!format!("{effect:?}").contains("a.b.c"));
        let Effect::Submit(HttpRequest { url, method: Method::PostForm(form), .. }) = effect else { panic!("a form") };
        assert_eq!(url, "https://acme.scalekit.com/oidc/logout?x=1");
        let wanted = "id_token_hint=a.b.c&client_id=spac_1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fsigned-out&state=s";
        assert_eq!(form.expose(), wanted);
        for bad in [r#""POST""#, r#""put""#, r#""""#, "true"] {
            let refused = Config::from_json(&block.replace(r#""post""#, bad), "https://app.example").unwrap_err();
            assert!(refused.to_string().contains("logout_method"), "{bad}: {refused}");
        }
    }
}
