//! Sign-out at the provider ([OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

use super::{
    authorize::UI_LOCALES,
    config::Config,
    secret::{IdToken, SensitiveUrl, StateParameter},
};
use url::Url;

/// The address that ends the shared session. It is navigated to with GET: a POST from another site would arrive without the provider's
/// `SameSite=Lax` session cookie and end nothing.
pub(crate) fn logout_url(endpoint: &Url, id_token: &IdToken, state: &StateParameter, config: &Config) -> SensitiveUrl {
    let mut url = endpoint.clone();
    url.query_pairs_mut()
        .append_pair("id_token_hint", id_token.expose())
        .append_pair("client_id", &config.client_id)
        .append_pair("post_logout_redirect_uri", &config.post_logout_redirect_uri())
        .append_pair("state", state.expose());
    if let Some(tags) = config.ui_locales() {
        url.query_pairs_mut().append_pair(UI_LOCALES, &tags);
    }
    SensitiveUrl::new(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lo_02_the_request_names_token_client_address_and_state() {
        let config =
            Config::from_json(r#"{"preset":"scalekit","env_url":"https://acme.scalekit.com","client_id":"spac_1"}"#, "https://app.example")
                .unwrap();
        let endpoint = Url::parse("https://acme.scalekit.com/oidc/logout?x=1").unwrap();
        let url = logout_url(&endpoint, &IdToken::new("a.b.c"), &StateParameter::new("s"), &config);
        assert_eq!(
            url.expose(),
            "https://acme.scalekit.com/oidc/logout?x=1&id_token_hint=a.b.c&client_id=spac_1\
             &post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fsigned-out&state=s"
        );
        assert!(!format!("{url:?}").contains("a.b.c"));
        let url = logout_url(&endpoint, &IdToken::new("a.b.c"), &StateParameter::new("s"), &config.with_languages(["de".to_owned()]));
        assert!(url.expose().ends_with("&state=s&ui_locales=de"));
    }
}
